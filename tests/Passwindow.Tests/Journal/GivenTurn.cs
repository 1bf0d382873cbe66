using System.Text;
using Passwindow.Journal;
using Passwindow.Protocol;

namespace Passwindow.Tests.Journal;

/// <summary>A turn that is written to a journal, with a note of all that was given.</summary>
internal sealed class GivenTurn : IDisposable
{
    private readonly EventWriter _events = new();
    private readonly History _history;

    public GivenTurn(IJournal journal, History history, string conversation = "c_1", string tenant = "acme", string message = "Hello")
    {
        _history = history;
        var key = new ConversationKey(new TenantId(tenant), new ConversationId(conversation));
        var turn = journal.CreateTurnId(key);
        Opening = new TurnOpening(turn, key.Tenant, key.Conversation, "ada", "demo/script", message, DateTimeOffset.UnixEpoch);
        Writer = journal.Open(Opening);
        history.Open(Opening);
    }

    /// <summary>A turn whose start is committed.</summary>
    public static async Task<GivenTurn> BeginAsync(IJournal journal, History history, string conversation = "c_1")
    {
        var turn = new GivenTurn(journal, history, conversation);
        turn.Start();
        await turn.CommitAsync();
        return turn;
    }

    public TurnOpening Opening { get; }

    public ITurnWriter Writer { get; }

    public ITurnReader Reader => Writer.Reader;

    public void Start() => Give(EventType.Start, _events.Start(Writer.NextSeq, Opening.Conversation, Opening.Turn, Opening.Model, Opening.CreatedAt));

    public void Token(string text) => Give(EventType.Token, _events.Token(Writer.NextSeq, Encoding.UTF8.GetBytes(text)));

    public void Done() => Give(EventType.Done, _events.Done(Writer.NextSeq, FinishReason.Stop));

    public ValueTask CommitAsync() => Writer.CommitAsync();

    public void Dispose() => _events.Dispose();

    private void Give(EventType type, ReadOnlySpan<byte> json)
    {
        _history.Give(Opening.Key, json.ToArray());
        Writer.Append(type, json);
    }
}
