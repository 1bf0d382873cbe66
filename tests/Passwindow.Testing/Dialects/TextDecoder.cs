using System.Text;
using System.Text.RegularExpressions;

namespace Passwindow.Testing.Dialects;

/// <summary>Reads the text dialect (contract, section 5).</summary>
public static partial class TextDecoder
{
    /// <summary>What it leaves out.</summary>
    public static IReadOnlyList<string> Losses { get; } =
    [
        "everything but the text", "the code of an error", "whether a line of the text ended with CR, LF or both", "the finish reason",
    ];

    /// <exception cref="ProtocolViolationException">It is something else.</exception>
    public static Told Decode(IEnumerable<StreamEvent> frames)
    {
        var (text, hasFailed, isOver) = (new StringBuilder(), false, false);
        foreach (var frame in frames)
        {
            if (isOver)
                throw new ProtocolViolationException("A frame after done.");
            switch (frame.Type)
            {
                case "token":
                    text.Append(frame.Data);
                    break;
                case "error":
                    hasFailed = true;
                    break;
                case "done":
                    isOver = frame.Data == "[DONE]";
                    break;
                default:
                    throw new ProtocolViolationException($"An event named {frame.Type}.");
            }
        }

        return isOver ? new Told { Text = Lines(text.ToString()), ErrorCode = hasFailed ? "" : null } : throw new ProtocolViolationException("It never ended.");
    }

    /// <summary>What is left of a turn.</summary>
    public static Told Left(Told truth, Func<string, bool> isClients) => new() { Text = Lines(truth.Text), ErrorCode = truth.ErrorCode is null ? null : "" };

    // A CR at the end of one token and an LF at the start of the next are two line ends here, and one in the whole text: how many follow one
    // another cannot be compared, that there are some can.
    private static string Lines(string text) => LineEnds().Replace(text, "\n");

    [GeneratedRegex(@"[\r\n]+")]
    private static partial Regex LineEnds();
}
