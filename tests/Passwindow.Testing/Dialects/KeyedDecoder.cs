using System.Text;
using System.Text.Json;

namespace Passwindow.Testing.Dialects;

/// <summary>Reads the keyed dialect (contract, section 5).</summary>
public static class KeyedDecoder
{
    /// <summary>What it leaves out.</summary>
    public static IReadOnlyList<string> Losses { get; } =
    [
        "reasoning", "the arguments of calls, and their results", "citations", "seams", "usage", "the finish reason",
    ];

    /// <exception cref="ProtocolViolationException">It is something else.</exception>
    public static Told Decode(IEnumerable<StreamEvent> frames)
    {
        var (text, calls) = (new StringBuilder(), new List<ToldCall>());
        var (error, isOver, isFirst) = ((string?)null, false, true);
        foreach (var frame in frames)
        {
            if (isOver || frame.Type != "message")
                throw new ProtocolViolationException("A frame after [DONE], or one with a name.");
            isOver = frame.Data == "[DONE]";
            if (isOver)
                continue;
            var one = JsonElement.Parse(frame.Data).EnumerateObject().Single();
            if (isFirst != (one.Name == "conversation_id"))
                throw new ProtocolViolationException("conversation_id is first, and once.");
            isFirst = false;
            switch (one.Name)
            {
                case "token":
                    text.Append(one.Value.GetString());
                    break;
                case "tools_used":
                    calls.Add(new ToldCall("", one.Value[0].GetString()!, "", null, false));
                    break;
                case "error":
                    error = one.Value.GetProperty("code").GetString();
                    break;
            }
        }

        return isOver ? new Told { Text = text.ToString(), Calls = calls, ErrorCode = error } : throw new ProtocolViolationException("It never ended.");
    }

    /// <summary>What is left of a turn.</summary>
    public static Told Left(Told truth, Func<string, bool> isClients) => new()
    {
        Text = truth.Text,
        Calls = [.. truth.Calls.Where(static call => call.IsWhole).Select(static call => new ToldCall("", call.Name, "", null, false))],
        ErrorCode = truth.ErrorCode,
    };
}
