using Xunit;

namespace Passwindow.Tests.Tools;

public class DemoToolTests
{
    [Theory]
    [InlineData("How is the weather?", "kitchen_weather")]
    [InlineData("What says the clock?", "kitchen_clock")]
    public async Task The_demo_calls_a_tool_and_tells_what_it_gave(string question, string tool)
    {
        await using var server = await ChatServer.StartAsync();

        var events = await server.AskAsync(question);

        Assert.Equal("start tool_call tool_result suggested_questions done", events.Shape());
        Assert.Equal(tool, events.Of("tool_call").Single().Text("name"));
        Assert.True(events.Of("tool_result").Single().TryGetProperty("result", out _));
        Assert.Equal(3, events.Of("suggested_questions").Single().GetProperty("suggested_questions").GetArrayLength());
    }

    [Theory]
    [InlineData("Make it DARK, please", "dark")]
    [InlineData("light!", "light")]
    [InlineData("What a delight", null)]
    public async Task The_demo_makes_the_page_dark_or_light(string question, string? theme)
    {
        await using var server = await ChatServer.StartAsync();

        var action = (await server.AskAsync(question)).Of("action");

        Assert.Equal(theme is null ? [] : [$$"""{"type":"set_theme","theme":"{{theme}}"}"""], action.Select(static each => each.GetProperty("action").GetRawText()));
    }

    [Fact]
    public async Task A_clients_tool_comes_before_the_demos_own()
    {
        await using var server = await ChatServer.StartAsync();

        var events = await server.AskAsync(new { message = "The weather?", tools = new[] { new { name = "get_weather" } } });

        Assert.Equal(("tool_calls", "get_weather"), (events.Reason(), events.Of("tool_call").Single().Text("name")));
    }

    [Fact]
    public async Task Other_models_are_not_offered_the_demos_tools_and_its_suggestions_can_be_switched_off()
    {
        var model = new ScriptedModel();
        await using var server = await ChatServer.StartAsync(model, options: static options => options.Suggestions = "off");
        await server.AskAsync("Hi");

        Assert.Empty(model.Asked.Single().Tools);
        Assert.Empty((await server.AskAsync(new { message = "Hi", model = "demo" })).Of("suggested_questions"));
    }
}
