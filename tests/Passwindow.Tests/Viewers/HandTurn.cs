using System.Text;
using Passwindow.Journal;
using Passwindow.Protocol;

namespace Passwindow.Tests.Viewers;

/// <summary>A turn whose line is moved by hand: who waits for it has gone on to its next wait when the call returns.</summary>
internal sealed class HandTurn : ITurnReader, IDisposable
{
    private readonly EventWriter _spell = new();
    private readonly List<ICommitListener> _listeners = [];
    private volatile CommittedEvent[] _events = [];
    private volatile bool _hasFailed;

    public TurnOpening Opening { get; } = new(
        new TurnId("t_1"), TenantId.Default, new ConversationId("c_1"), User: null, "m", "Hi", new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public long Committed => _events.Length;

    public bool HasEnded => _events is [.., { Type: EventType.Done }];

    public bool HasFailed => _hasFailed;

    public ValueTask<int> ReadAsync(long after, CommittedBatch into, CancellationToken cancellation)
    {
        into.Clear();
        foreach (var committed in _events.AsSpan((int)after))
        {
            if (into.IsFull)
                break;
            into.Add(committed);
        }

        return new(into.Count);
    }

    public IDisposable Listen(ICommitListener listener)
    {
        lock (_listeners)
            _listeners.Add(listener);
        return new Listening(() =>
        {
            lock (_listeners)
                _listeners.Remove(listener);
        });
    }

    public void Start() => Commit(seq => _spell.Start(seq, Opening.Conversation, Opening.Turn, Opening.Model, Opening.CreatedAt));

    /// <summary>Moves the line once, over so many tokens.</summary>
    public void Say(string text, int times = 1) => Commit([.. Enumerable.Repeat<Spell>(seq => _spell.Token(seq, Encoding.UTF8.GetBytes(text)), times)]);

    public void AskToApprove() => Commit(seq => _spell.ToolCall(seq, "call_1", "pay", "{}"u8, approvalRequired: true));

    public void End() => Commit(seq => _spell.Usage(seq, new Usage(), firstTokenMs: 1, durationMs: 2, model: null), seq => _spell.Done(seq, FinishReason.Stop));

    public void Fail()
    {
        _hasFailed = true;
        Wake();
    }

    public void Dispose() => _spell.Dispose();

    private delegate ReadOnlySpan<byte> Spell(long seq);

    private void Commit(params Spell[] events)
    {
        var batch = new List<CommittedEvent>();
        foreach (var spell in events)
            batch.Add(Testing.Commit.Of(Opening.Turn, spell(Committed + batch.Count + 1)));
        _events = [.. _events, .. batch];
        Wake();
    }

    private void Wake()
    {
        ICommitListener[] woken;
        lock (_listeners)
            woken = [.. _listeners];
        foreach (var listener in woken)
            listener.OnCommitted();
    }

    private sealed class Listening(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
