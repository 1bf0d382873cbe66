using System.Diagnostics;
using Passwindow.Server.Chat;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Server.Tests;

/// <summary><c>passwindow chat</c>, as its own process beside a server.</summary>
public sealed class ChatCommandTests : IDisposable
{
    private readonly Folder _folder = new();

    [Fact]
    public async Task A_message_on_the_command_line_is_answered_and_the_command_ends()
    {
        await using var model = Model("Hello, \u001B[31mAda\u001B[0m.");
        await using var server = await ServerProcess.StartAsync(_folder.Journal, model);
        var (code, output) = await ChatAsync(server, null, "Who", "am", "I?");
        Assert.Equal(0, code);
        Assert.Equal("Hello, [31mAda[0m.", output.Trim()); // what the terminal would obey is gone
        Assert.Equal("Who am I?", model.Requests[0].Json.GetProperty("messages")[0].GetProperty("content").GetString());
    }

    [Fact]
    public async Task A_message_on_standard_input_is_answered_too()
    {
        await using var model = Model("Fine.");
        await using var server = await ServerProcess.StartAsync(_folder.Journal, model);
        Assert.Equal((0, "Fine."), await ChatAsync(server, "How are you?\n"));
        Assert.Equal("How are you?", model.Requests[0].Json.GetProperty("messages")[0].GetProperty("content").GetString());
    }

    [Fact]
    public async Task A_server_that_refuses_is_heard_and_the_command_fails()
    {
        await using var server = await ServerProcess.StartAsync(_folder.Journal, null);
        var (code, output) = await ChatAsync(server, null, "--model", "demo/none", "Hi");
        Assert.Equal(1, code);
        Assert.Contains("demo", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plain\ttext\nof two lines", "plain\ttext\nof two lines")]
    [InlineData("\u001B]8;;https://evil.example\u0007click\u001B]8;;\u0007", "]8;;https://evil.exampleclick]8;;")]
    [InlineData("a\rb\u009Bc\0d\u202Ee\u2066f", "abcdef")]
    public void What_a_model_says_cannot_steer_the_terminal(string said, string shown) => Assert.Equal(shown, Terminal.Plain(said));

    public void Dispose() => _folder.Dispose();

    private static ScriptedUpstream Model(string says) => new(async exchange =>
    {
        await exchange.HeadAsync();
        await exchange.WriteAsync(ChatChunks.Answer(says));
        await exchange.EndAsync();
    });

    private static async Task<(int Code, string Output)> ChatAsync(ServerProcess server, string? input, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Passwindow.Server.dll"), "chat", "--server", new Uri(server.Address, "/chat").ToString(), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var chat = Process.Start(start)!;
        if (input is not null)
            await chat.StandardInput.WriteAsync(input);
        chat.StandardInput.Close();
        string output = await chat.StandardOutput.ReadToEndAsync().WaitAsync(ServerProcess.Patience);
        await chat.WaitForExitAsync().WaitAsync(ServerProcess.Patience);
        return (chat.ExitCode, output.Trim());
    }
}
