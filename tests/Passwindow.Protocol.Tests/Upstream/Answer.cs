using System.Text;
using Passwindow.Protocol.ServerSentEvents;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Protocol.Tests.Upstream;

/// <summary>What a reader made of an answer, put together from its chat events. Checks on the way what holds for every answer.</summary>
internal sealed class Answer
{
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _refusal = new();
    private readonly StringBuilder _reasoning = new();

    public string Text => _text.ToString();

    public string Refusal => _refusal.ToString();

    public string Reasoning => _reasoning.ToString();

    public List<string> Signatures { get; } = [];

    public List<string> Redacted { get; } = [];

    public List<(string Id, string Name, string Arguments)> Calls { get; } = [];

    /// <summary>Arguments as they were told in pieces, by call id.</summary>
    public Dictionary<string, string> Pieces { get; } = [];

    public int PieceEvents { get; private set; }

    public List<string> Citations { get; } = [];

    public Usage? Usage { get; private set; }

    public int Heartbeats { get; private set; }

    public FinishReason? Finish { get; private set; }

    public UpstreamException? Error { get; private set; }

    public static Answer Read(UpstreamReader reader, params IEnumerable<byte[]> chunks)
    {
        var answer = new Answer();
        var sse = new SseReader(dispatchUnterminated: true);
        try
        {
            foreach (byte[] chunk in chunks)
            {
                sse.Feed(chunk);
                answer.Drain(sse, reader);
            }

            sse.End();
            answer.Drain(sse, reader);
            answer.Take(said => reader.End(said));
        }
        catch (UpstreamException error)
        {
            answer.Error = error;
        }

        return answer;
    }

    public static Answer Read(UpstreamReader reader, string stream) => Read(reader, Encoding.UTF8.GetBytes(stream));

    public static Answer ReadDocument(UpstreamReader reader, string json)
    {
        var answer = new Answer();
        try
        {
            answer.Take(said => reader.ReadDocument(Encoding.UTF8.GetBytes(json), said));
        }
        catch (UpstreamException error)
        {
            answer.Error = error;
        }

        return answer;
    }

    private void Drain(SseReader sse, UpstreamReader reader)
    {
        var said = new List<ChatEvent>();
        while (sse.TryRead(out var one))
        {
            try
            {
                reader.Read(one, said);
            }
            finally
            {
                said.ForEach(Add);
                said.Clear();
            }
        }
    }

    private void Take(Action<List<ChatEvent>> read)
    {
        var said = new List<ChatEvent>();
        try
        {
            read(said);
        }
        finally
        {
            said.ForEach(Add);
        }
    }

    private void Add(ChatEvent one)
    {
        if (Finish is not null && one is not (UsageReported or CitationFound))
            throw new InvalidOperationException($"{one} came after the end.");
        switch (one)
        {
            case TextDelta { IsRefusal: true } refusal: _refusal.Append(Decode(refusal.Text, mayBeEmpty: false)); break;
            case TextDelta text: _text.Append(Decode(text.Text, mayBeEmpty: false)); break;
            case ReasoningDelta reasoning:
                _reasoning.Append(Decode(reasoning.Text, mayBeEmpty: reasoning is not { Signature: null, Redacted: null }));
                if (reasoning.Signature is { } signature)
                    Signatures.Add(signature);
                if (reasoning.Redacted is { } redacted)
                    Redacted.Add(redacted);
                break;
            case ToolArgumentsDelta piece:
                Pieces[piece.Id] = Pieces.GetValueOrDefault(piece.Id) + Decode(piece.Delta, mayBeEmpty: false);
                PieceEvents++;
                break;
            case ToolCallRequested call: Calls.Add((call.Id, call.Name, Decode(call.Arguments, mayBeEmpty: false))); break;
            case CitationFound citation: Citations.Add(Decode(citation.Citation, mayBeEmpty: false)); break;
            case UsageReported usage: Usage = usage.Usage; break;
            case Heartbeat: Heartbeats++; break;
            case AnswerEnded ended: Finish = ended.Reason; break;
            default: throw new InvalidOperationException(one.ToString());
        }
    }

    // Throws on a character that was cut: no delta may end inside one.
    private static string Decode(ReadOnlyMemory<byte> utf8, bool mayBeEmpty) =>
        utf8.IsEmpty && !mayBeEmpty
            ? throw new InvalidOperationException("An empty piece was told.")
            : new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(utf8.Span);
}
