using System.Buffers;

namespace Passwindow.Upstream;

/// <summary>A whole answer in one JSON document, from a server that does not stream.</summary>
internal static class JsonDocumentBody
{
    /// <summary>As large as a turn's answer may be by default.</summary>
    private const int MaxBytes = 8 * 1024 * 1024;

    /// <summary>Reads it to its end.</summary>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(UpstreamBody body)
    {
        var json = new ArrayBufferWriter<byte>();
        while (await body.ReadAsync(json) > 0)
        {
            if (json.WrittenCount > MaxBytes)
                throw UpstreamFault.Malformed(detail: $"a document of more than {MaxBytes} bytes");
        }

        return json.WrittenMemory;
    }
}
