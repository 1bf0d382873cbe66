using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;
using Passwindow.Testing;
using Passwindow.Tests.Tools;
using Passwindow.Upstream;
using Xunit;

namespace Passwindow.Tests.Upstream;

public sealed class AttemptTests
{
    private static readonly TimeSpan FirstToken = TimeSpan.FromSeconds(30);
    private static readonly ChatEvent Counts = new UsageReported(new Usage { InputTokens = 3 });
    private static readonly ChatEvent Token = ScriptedModel.Text("Hi");
    private static readonly ChatEvent End = new AnswerEnded(FinishReason.Stop);

    private readonly HandTime _time = new();
    private readonly List<ChatEvent> _heard = [];

    [Fact]
    public async Task Counts_that_come_before_the_first_token_are_told_behind_it()
    {
        Assert.Null(await AskAsync(new ScriptedModel().Then(Heartbeat.Instance, Counts, Token, End)));

        Assert.Equal([Heartbeat.Instance, Token, Counts, End], _heard);
    }

    [Fact]
    public async Task A_listener_that_wants_no_more_with_the_first_token_is_not_told_the_counts_before_it()
    {
        Assert.Null(await AskAsync(new ScriptedModel().Then(Counts, Token, End), static said => said is not TextDelta));

        Assert.Equal([Token], _heard);
    }

    [Fact]
    public async Task Neither_counts_nor_heartbeats_are_a_first_token()
    {
        var reached = new TaskCompletionSource();
        var asked = AskAsync(new ScriptedModel().Then((_, cancellation) => Wait(cancellation, Counts, Heartbeat.Instance)), said => reached.TrySetResult());
        await reached.Task.WaitAsync(Asking.Patience);
        _time.Advance(FirstToken);

        Assert.Equal(ErrorCode.UpstreamTimeout, (await asked.WaitAsync(Asking.Patience))!.Code);
    }

    [Fact]
    public async Task Once_it_has_spoken_a_model_may_take_its_time()
    {
        var reached = new TaskCompletionSource();
        using var cancel = new CancellationTokenSource();
        var asked = AskAsync(new ScriptedModel().Then((_, cancellation) => Wait(cancellation, Token)), said => reached.TrySetResult(), cancel.Token);
        await reached.Task.WaitAsync(Asking.Patience);
        _time.Advance(FirstToken);
        Assert.False(asked.IsCompleted);
        cancel.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked.WaitAsync(Asking.Patience));
    }

    [Fact]
    public async Task Once_it_has_spoken_what_follows_passes_it_by()
    {
        var listener = new Listener(static _ => true);
        using var attempt = new Attempt(listener, FirstToken, _time, CancellationToken.None);
        await attempt.HearAsync(Heartbeat.Instance);
        await attempt.HearAsync(Counts);
        IChatListener before = attempt.Next;
        await attempt.HearAsync(Token);

        Assert.Same(attempt, before);
        Assert.Same(listener, attempt.Next);
    }

    private async Task<UpstreamException?> AskAsync(ScriptedModel model, Func<ChatEvent, bool>? hear = null, CancellationToken cancellation = default)
    {
        var listener = new Listener(said =>
        {
            _heard.Add(said);
            return hear?.Invoke(said) ?? true;
        });
        using var attempt = new Attempt(listener, FirstToken, _time, cancellation);
        return await attempt.AskAsync(new ResolvedModel(model, "up/m", "m"), PlainApi.Question);
    }

    private static async IAsyncEnumerable<ChatEvent> Wait([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation, params ChatEvent[] said)
    {
        foreach (var each in said)
            yield return each;
        await Task.Delay(Timeout.Infinite, cancellation);
    }
}
