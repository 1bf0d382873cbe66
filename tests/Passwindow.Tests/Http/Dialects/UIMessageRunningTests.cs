using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;
using Passwindow.Tests.Tools;
using Xunit;
using static Passwindow.Tests.Tools.ScriptedModel;

namespace Passwindow.Tests.Http.Dialects;

/// <summary>Resuming and stopping what runs in a chat.</summary>
public sealed class UIMessageRunningTests
{
    [Fact]
    public async Task A_page_that_comes_back_is_shown_the_message_from_its_start_to_its_end()
    {
        using var goOn = new SemaphoreSlim(0);
        await using var server = await ChatServer.StartAsync(new ScriptedModel().Then((_, cancellation) => Halting(goOn, cancellation)));
        var page = new ChatPage(server, "chat");
        Assert.Null(await page.ResumeAsync()); // a chat that nobody knows yet

        page.Messages.Add(ChatPage.Question("Go"));
        await using var first = await page.OpenAsync();
        await ChatServer.UntilAsync(first, "message"); // its start
        await using var second = await page.ResumeAsync();
        goOn.Release();
        var (one, two) = (await ChatPage.ChunksAsync(first), await ChatPage.ChunksAsync(second!));

        Assert.Equal("so far and so on", two.Said());
        Assert.Equal("start", two[0].Type());
        Assert.Equal("so far and so on", one.Said());
        Assert.Null(await page.ResumeAsync());
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("a/b ü.c")]
    public async Task A_stop_ends_the_message_with_an_abort_and_a_receipt(string chat)
    {
        using var goOn = new SemaphoreSlim(0);
        await using var server = await ChatServer.StartAsync(new ScriptedModel().Then((_, cancellation) => Halting(goOn, cancellation)));
        var page = new ChatPage(server, chat);
        Assert.Equal(204, (int)(await page.StopAsync()).StatusCode);
        page.Messages.Add(ChatPage.Question("Go"));
        await using var stream = await page.OpenAsync();
        while (await stream.NextAsync().WaitAsync(ChatServer.Patience) is { } next && !next.Data.Contains("text-delta"))
        {
        }

        var receipt = await page.StopAsync();

        var chunks = await ChatPage.ChunksAsync(stream);
        Assert.Equal(("abort", "stopped"), (chunks[^1].Type(), chunks.Ended()));
        Assert.Contains("\"finish_reason\":\"stopped\"", await receipt.Content.ReadAsStringAsync());
        Assert.Equal((200, 204), ((int)receipt.StatusCode, (int)(await page.StopAsync()).StatusCode));
    }

    [Fact]
    public async Task A_page_that_asks_again_has_let_go_of_the_answer_before()
    {
        using var never = new SemaphoreSlim(0);
        var model = new ScriptedModel().Then((_, cancellation) => Halting(never, cancellation)).ThenSay("Now.");
        await using var server = await ChatServer.StartAsync(model);
        var page = new ChatPage(server, "chat");
        page.Messages.Add(ChatPage.Question("Go"));
        await using var first = await page.OpenAsync();
        while (await first.NextAsync().WaitAsync(ChatServer.Patience) is { } next && !next.Data.Contains("text-delta"))
        {
        }

        var refused = await page.RefusedAsync(("if_active", "reject"), ("message", null));
        page.Messages.Add(ChatPage.Question("Another"));
        var second = await page.SendAsync();

        Assert.Equal((409, "The conversation has a running turn."), refused);
        Assert.Equal("Now.", second.Said());
        Assert.Equal("stopped", (await ChatPage.ChunksAsync(first)).Ended());
    }

    [Fact]
    public async Task A_failure_is_an_error_whatever_was_said_before()
    {
        await using var server = await ChatServer.StartAsync(new ScriptedModel().Then((_, _) => Failing()));

        var chunks = await new ChatPage(server, "chat").SayAsync("Go");

        Assert.Equal("text-delta error", chunks.Types());
        Assert.Equal(("The model broke off.", "error"), (chunks[^1].Text("errorText"), chunks.Ended()));
    }

    private static async IAsyncEnumerable<ChatEvent> Halting(SemaphoreSlim goOn, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        yield return Text("so far");
        await goOn.WaitAsync(cancellation);
        yield return Text(" and so on");
        yield return new AnswerEnded(FinishReason.Stop);
    }

    private static async IAsyncEnumerable<ChatEvent> Failing()
    {
        yield return Text("so far");
        await Task.Yield();
        throw new UpstreamException(ErrorCode.UpstreamTruncated, "The model broke off.", retryable: true);
    }
}
