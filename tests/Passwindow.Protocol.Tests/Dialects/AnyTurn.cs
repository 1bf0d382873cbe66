using System.Text;
using System.Text.Json;
using Passwindow.Protocol.Dialects;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Protocol.Tests.Dialects;

/// <summary>A turn that could be, whatever a model may say in it: texts that look like frames, bytes that are no text, calls side by side, an end at any point.</summary>
internal sealed class AnyTurn
{
    /// <summary>The tools that the client runs; any other is the server's.</summary>
    public const string ClientTool = "ask_user";

    private const int MaxSteps = 14;

    private static readonly byte[][] Pieces =
    [
        .. ((string[])
        [
            "\n\nevent: done\ndata: {}\n\n", "\r\n\r\ndata: [DONE]\r\n\r\n", "\n", "\r", "\r\n", "\0", "\u2028", "\u2029", "\u0085", "\v", "\f", "[DONE]", "data: x", "id: t_1:99", "retry: 1", ":", " ", "  x",
            "\uFEFF", "👩‍👩‍👧", "é", "\"", "\\", "\\n", "\\u000a", "{\"type\":\"RUN_FINISHED\"}", "</script>", "\u007f", "\u001b", "a", "data: {\"type\":\"finish\"}\n\n", "event: message_stop\ndata: {}\n\n",
        ]).Select(Encoding.UTF8.GetBytes),
        [0xED, 0xA0, 0xBD], [0xED, 0xB8, 0x80], [0xFF], [0xC3], [0xF0, 0x9F, 0x98], [0x80],
    ];

    private readonly Random _random;
    private readonly EventWriter _writer = new();
    private readonly List<byte[]> _events = [];
    private int _calls;

    private AnyTurn(Random random) => _random = random;

    private long Next => _events.Count + 1;

    /// <summary>What is known of such a turn.</summary>
    public static FrameContext Context { get; } = new()
    {
        IsClientTool = static name => name == ClientTool,
        Message = "Well?",
        Given = [ChatMessage.Of(ChatRole.User, "Well?")],
    };

    public static List<byte[]> Make(Random random)
    {
        var turn = new AnyTurn(random);
        turn.Fill();
        turn._writer.Dispose();
        return turn._events;
    }

    private void Fill()
    {
        Add(_writer.Start(Next, new ConversationId("c_1"), Frames.Turn, "up/" + Text(), DateTimeOffset.UnixEpoch));
        bool asksClient = false;
        for (int step = _random.Next(MaxSteps); step > 0 && !asksClient; step--)
        {
            switch (_random.Next(10))
            {
                case < 4:
                    Add(_writer.Token(Next, Bytes(), refusal: _random.Next(9) == 0));
                    break;
                case 4:
                    Add(_writer.Reasoning(Next, Bytes(), signature: _random.Next(3) == 0 ? Text() : null));
                    break;
                case 5 or 6:
                    asksClient = Round();
                    break;
                case 7:
                    Add(_writer.Action(Next, $"a{Next}", Encoding.UTF8.GetBytes($$"""{"type":"theme","to":{{Json()}}}""")));
                    break;
                case 8:
                    Add(_writer.Citation(Next, Encoding.UTF8.GetBytes($$"""{"url":"https://example.com/{{Next}}","title":{{Json()}}}""")));
                    break;
                default:
                    Add(_writer.Seam(Next, "failover", "up/other"));
                    break;
            }
        }

        End(asksClient);
    }

    /// <summary>Some calls, their arguments in pieces that alternate, and their results; true if the client has to answer.</summary>
    private bool Round()
    {
        var ids = Enumerable.Range(0, _random.Next(1, 4)).Select(_ => $"call_{++_calls}").ToList();
        bool isClients = _random.Next(4) == 0;
        string name = isClients ? ClientTool : "look";
        var written = ids.ToDictionary(static id => id, _ => $$"""{"q":{{Json()}},"n":{{_random.Next(9)}}}""");
        var left = written.Where(_ => _random.Next(2) == 0).ToDictionary(static each => each.Key, static each => each.Value);
        while (left.Count > 0)
        {
            var (id, rest) = left.ElementAt(_random.Next(left.Count));
            int length = _random.Next(rest.Length + 1);
            if (length > 0 && length < rest.Length && char.IsHighSurrogate(rest[length - 1]))
                length--;
            Add(_writer.ToolArguments(Next, id, name, Encoding.UTF8.GetBytes(rest[..length])));
            left[id] = rest[length..];
            if (left[id].Length == 0)
                left.Remove(id);
        }

        foreach (string id in ids)
            Add(_writer.ToolCall(Next, id, name, Encoding.UTF8.GetBytes(written[id])));
        if (isClients)
            return true;
        foreach (string id in ids.Where(_ => _random.Next(8) > 0).OrderBy(_ => _random.Next()))
        {
            if (_random.Next(3) == 0)
                Add(_writer.ToolError(Next, id, name, Text(), 3));
            else
                Add(_writer.ToolResult(Next, id, name, Encoding.UTF8.GetBytes(_random.Next(2) == 0 ? Json() : """{"found":[1,null]}"""), 3));
        }

        return false;
    }

    private void End(bool asksClient)
    {
        FinishReason[] others = [FinishReason.Stop, FinishReason.Length, FinishReason.ContentFilter, FinishReason.ToolLimit, FinishReason.Stopped, FinishReason.Abandoned, FinishReason.Interrupted, FinishReason.Error];
        var reason = asksClient ? FinishReason.ToolCalls : others[_random.Next(others.Length)];
        if (reason == FinishReason.Stop && _random.Next(3) == 0)
            Add(_writer.SuggestedQuestions(Next, [Text(), Text()]));
        if (_random.Next(5) > 0)
        {
            var usage = _random.Next(4) == 0 ? new Usage() : new Usage { InputTokens = _random.Next(99), OutputTokens = _random.Next(99), ReasoningTokens = _random.Next(2) == 0 ? 3 : null };
            Add(_writer.Usage(Next, usage, _random.Next(2) == 0 ? 5 : null, 9));
        }

        if (reason == FinishReason.Error || (reason == FinishReason.Interrupted && _random.Next(2) == 0))
            Add(_writer.Error(Next, ErrorCode.UpstreamTruncated, Text(), retryable: true));
        Add(_writer.Done(Next, reason));
    }

    private string Json() => JsonSerializer.Serialize(Text());

    private string Text() => Encoding.UTF8.GetString(Bytes());

    private byte[] Bytes() => _random.Next(40) == 0
        ? Encoding.UTF8.GetBytes(new string('x', 70_000) + "\n\ndata: y\n\n")
        : [.. Enumerable.Range(0, _random.Next(6)).SelectMany(_ => Pieces[_random.Next(Pieces.Length)])];

    private void Add(ReadOnlySpan<byte> json) => _events.Add(json.ToArray());
}
