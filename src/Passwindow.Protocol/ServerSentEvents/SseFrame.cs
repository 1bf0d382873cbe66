using System.Buffers;
using System.Globalization;

namespace Passwindow.Protocol.ServerSentEvents;

/// <summary>
/// The fields of an event stream as they are written (WHATWG HTML, 9.2.6). Lines end with LF only: clients in the wild split on
/// <c>\n\n</c> and never see a frame that ends with CRLF.
/// </summary>
public static class SseFrame
{
    /// <summary>A comment, which every client skips.</summary>
    public static ReadOnlySpan<byte> Ping => ": ping\n\n"u8;

    /// <summary>Writes <c>event: TYPE</c>.</summary>
    public static void WriteEvent(IBufferWriter<byte> output, ReadOnlySpan<byte> type)
    {
        output.Write("event: "u8);
        output.Write(type);
        output.Write("\n"u8);
    }

    /// <summary>Writes one <c>data:</c> line.</summary>
    /// <exception cref="ArgumentException">The value holds a line break: it would be read as another field.</exception>
    public static void WriteDataLine(IBufferWriter<byte> output, ReadOnlySpan<byte> line)
    {
        ThrowIfLineBreak(line);
        output.Write("data: "u8);
        output.Write(line);
        output.Write("\n"u8);
    }

    /// <summary>
    /// Writes text as <c>data:</c> lines, one for each line of it. The standard joins them again with LF, so CR and CRLF arrive as LF.
    /// </summary>
    public static void WriteDataText(IBufferWriter<byte> output, ReadOnlySpan<byte> text)
    {
        while (true)
        {
            int end = text.IndexOfAny((byte)'\n', (byte)'\r');
            if (end < 0)
            {
                WriteDataLine(output, text);
                return;
            }

            WriteDataLine(output, text[..end]);
            bool crlf = text[end] == '\r' && end + 1 < text.Length && text[end + 1] == '\n';
            text = text[(end + (crlf ? 2 : 1))..];
        }
    }

    /// <summary>Writes <c>id: TURN:SEQ</c>.</summary>
    public static void WriteId(IBufferWriter<byte> output, TurnId turn, long seq)
    {
        const int longestNumber = 20;
        var span = output.GetSpan(4 + turn.Value.Length + 1 + longestNumber + 1);
        "id: "u8.CopyTo(span);
        int written = 4 + System.Text.Encoding.ASCII.GetBytes(turn.Value, span[4..]);
        span[written++] = (byte)':';
        seq.TryFormat(span[written..], out int digits, provider: CultureInfo.InvariantCulture);
        written += digits;
        span[written++] = (byte)'\n';
        output.Advance(written);
    }

    /// <summary>Refuses a value that cannot stand on one line. A writer calls it before its first byte, so that no half frame is left behind.</summary>
    /// <exception cref="ArgumentException">The value holds a line break: it would be read as another field.</exception>
    public static void ThrowIfLineBreak(ReadOnlySpan<byte> line)
    {
        if (line.IndexOfAny((byte)'\n', (byte)'\r') >= 0)
            throw new ArgumentException("A data line cannot hold a line break.", nameof(line));
    }

    /// <summary>Writes the blank line that dispatches the event.</summary>
    public static void WriteEnd(IBufferWriter<byte> output) => output.Write("\n"u8);
}
