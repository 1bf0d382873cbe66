using System.Text.Json;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Integration.Tests.Dialects.UIMessages;

/// <summary>The AI SDK's chat and transport, first and last of each major version, unchanged, in node.</summary>
[Trait(TestDepth.Trait, TestDepth.Full)]
public sealed class UIMessageClientTests
{
    public static TheoryData<string> Versions => ["5.0.0", "5", "6.0.0", "6", "7.0.0", "7"];

    public static TheoryData<string> WithApprovals => ["6.0.0", "6", "7.0.0", "7"];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_tool_of_the_server_runs_and_the_answer_is_one_message(string version)
    {
        await using var site = await ChatAppSite.StartAsync();
        site.ThenCall("look").Model.Next(static exchange => exchange.WriteAsync(
            (byte[])[.. ChatChunks.Role, .. ChatChunks.Reasoning("hm"), .. ChatChunks.Text("Tw"), .. ChatChunks.Text("o."), .. ChatChunks.Finish("length"), .. ChatChunks.Usage(3, 4), .. ChatChunks.Done]));

        var page = await RunAsync("ask.mjs", site, version);

        var message = Answer(page);
        Assert.Equal("ready", page.GetProperty("status").GetString());
        Assert.Equal(
            ["step-start", "text:One moment.", "dynamic-tool:output-available", "step-start", "reasoning:hm", "text:Two."],
            message.GetProperty("parts").EnumerateArray().Select(Spell));
        Assert.Equal(2, message.GetProperty("parts")[2].GetProperty("output").GetInt32());
        var metadata = message.GetProperty("metadata");
        Assert.Equal((message.GetProperty("id").GetString(), "length"), (metadata.GetProperty("turn_id").GetString(), metadata.GetProperty("finish_reason").GetString()));
        Assert.Equal(4, metadata.GetProperty("usage").GetProperty("output_tokens").GetInt32());
        Assert.False(page.TryGetProperty("finishReason", out _));
    }

    [Theory]
    [InlineData("6.0.0")]
    [InlineData("7")]
    public async Task An_app_that_says_its_version_is_told_the_finish_reason(string version)
    {
        await using var site = await ChatAppSite.StartAsync();

        var page = await RunAsync("ask.mjs", site.ThenSay("Hi."), version, "model/scripted", version);

        Assert.Equal("stop", page.GetProperty("finishReason").GetString());
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_model_that_breaks_off_leaves_what_it_said_and_an_error(string version)
    {
        await using var site = await ChatAppSite.StartAsync();
        site.Model.Next(static async exchange =>
        {
            await exchange.WriteAsync(ChatChunks.Text("so far"));
            exchange.Reset();
        });

        var page = await RunAsync("ask.mjs", site, version);

        Assert.Equal("error", page.GetProperty("status").GetString());
        Assert.NotEmpty(page.GetProperty("error").GetString()!);
        Assert.Equal("so far", Text(page));
        Assert.Equal("upstream_truncated", Answer(page).GetProperty("metadata").GetProperty("error").GetProperty("code").GetString());
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_refusal_is_the_error_of_the_chat_in_its_words(string version)
    {
        await using var site = await ChatAppSite.StartAsync();

        var page = await RunAsync("ask.mjs", site, version, "");

        Assert.Equal("error", page.GetProperty("status").GetString());
        Assert.StartsWith("model must be", page.GetProperty("error").GetString());
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_chat_that_comes_in_the_middle_has_the_whole_message(string version)
    {
        await using var site = await ChatAppSite.StartAsync();
        site.ThenHalt(site.Model.ExchangeAsync(1));

        var page = await RunAsync("resume.mjs", site, version);

        Assert.Equal("so far and so on", Text(page));
        Assert.Equal("so far and so on", page.GetProperty("first").GetString());
        Assert.Equal("ready", page.GetProperty("status").GetString());
        Assert.Equal(2, page.GetProperty("messages").GetArrayLength());
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_stop_keeps_what_was_said_and_closes_the_model(string version)
    {
        await using var site = await ChatAppSite.StartAsync();

        var page = await RunAsync("stop.mjs", site.ThenHalt(new TaskCompletionSource().Task), version);

        Assert.Equal(("ready", "so far"), (page.GetProperty("status").GetString(), Text(page)));
        Assert.Equal("stopped", Answer(page).GetProperty("metadata").GetProperty("finish_reason").GetString());
        Assert.Equal("stopped", page.GetProperty("receipt").GetProperty("finish_reason").GetString());
        await site.Model.Exchanges[0].ClientGone.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_tool_of_the_page_goes_on_in_the_same_message(string version)
    {
        await using var site = await ChatAppSite.StartAsync();

        var page = await RunAsync("tool.mjs", site.ThenCall("place").ThenSay("In Bern."), version);

        Assert.Equal(2, page.GetProperty("messages").GetArrayLength());
        Assert.Equal(
            ["step-start", "text:One moment.", "tool-place:output-available", "step-start", "text:In Bern."],
            Answer(page).GetProperty("parts").EnumerateArray().Select(Spell));
        Assert.Contains("""{\"city\":\"Bern\"}""", site.Model.Requests[1].Json.GetProperty("messages").EnumerateArray().Last().GetRawText());
    }

    [Theory]
    [MemberData(nameof(WithApprovals))]
    public async Task A_call_waits_for_the_person_and_goes_on_in_the_same_message(string version)
    {
        foreach (string answer in (string[])["yes", "no"])
        {
            await using var site = await ChatAppSite.StartAsync();

            var page = await RunAsync("approval.mjs", site.ThenCall("pay", "look").ThenSay("Well."), version, answer);

            Assert.Equal("approval-requested", page.GetProperty("before").GetProperty("state").GetString());
            Assert.Equal("ready", page.GetProperty("status").GetString());
            Assert.Equal(
                ["step-start", "text:One moment.", answer == "yes" ? "dynamic-tool:output-available" : "dynamic-tool:output-error", "dynamic-tool:output-available", "step-start", "text:Well."],
                Answer(page).GetProperty("parts").EnumerateArray().Select(Spell));
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task An_answer_is_made_anew_and_a_question_edited(string version)
    {
        await using var site = await ChatAppSite.StartAsync();

        var page = await RunAsync("again.mjs", site.ThenSay("1").ThenSay("2").ThenSay("2 again").ThenSay("Another."), version);

        Assert.Equal(("2 again", "Another."), (page.GetProperty("regenerated").GetString(), Text(page)));
        Assert.Equal(["One", "1", "Two"], Asked(site, 2));
        Assert.Equal(["Other"], Asked(site, 3));
    }

    private static IEnumerable<string?> Asked(ChatAppSite site, int request) =>
        site.Model.Requests[request].Json.GetProperty("messages").EnumerateArray().Select(static message => message.GetProperty("content").GetString());

    private static Task<JsonElement> RunAsync(string script, ChatAppSite site, string version, params IEnumerable<string> arguments) =>
        NodeClient.RunAsync($"ui-message/{script}", site.Address, [version, .. arguments]);

    private static JsonElement Answer(JsonElement page) => page.GetProperty("messages").EnumerateArray().Last();

    private static string Text(JsonElement page) =>
        string.Concat(Answer(page).GetProperty("parts").EnumerateArray().Select(Spell).Where(static part => part.StartsWith("text:", StringComparison.Ordinal)).Select(static part => part[5..]));

    private static string Spell(JsonElement part)
    {
        string type = part.GetProperty("type").GetString()!;
        if (type is "text" or "reasoning")
            return $"{type}:{part.GetProperty("text").GetString()}";
        return part.TryGetProperty("toolCallId", out _) ? $"{type}:{part.GetProperty("state").GetString()}" : type;
    }
}
