using System.Buffers.Text;
using System.Text;

namespace Passwindow.Bench.Load.Provider;

/// <summary>The little of a request that the provider needs.</summary>
internal static class RequestText
{
    private static ReadOnlySpan<byte> ContentLength => "content-length:"u8;

    /// <summary>Whether it is whole; its first line and its body then. A chunked body is whole with its last chunk.</summary>
    public static bool TryRead(ReadOnlySpan<byte> request, out ReadOnlySpan<byte> path, out ReadOnlySpan<byte> body)
    {
        path = body = default;
        int head = request.IndexOf("\r\n\r\n"u8);
        if (head < 0)
            return false;
        path = request[..request.IndexOf((byte)'\r')];
        body = request[(head + 4)..];
        for (var rest = request[..(head + 2)]; rest.IndexOf((byte)'\n') is >= 0 and var end; rest = rest[(end + 1)..])
        {
            var line = rest[..end];
            if (line.Length > ContentLength.Length && Ascii.EqualsIgnoreCase(line[..ContentLength.Length], ContentLength))
                return Utf8Parser.TryParse(line[ContentLength.Length..].Trim(" \r"u8), out int length, out _) && body.Length >= length;
        }

        return body.EndsWith("0\r\n\r\n"u8);
    }

    /// <summary>The number of the last turn that the body names; -1: none.</summary>
    public static int TurnNumber(ReadOnlySpan<byte> body)
    {
        int at = body.LastIndexOf("bench-turn:"u8);
        return at >= 0 && Utf8Parser.TryParse(body[(at + Turn.PromptMark.Length)..], out int number, out _) ? number : -1;
    }
}
