using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Passwindow.Http;

/// <summary>How our JSON responses are spelled: what need not be escaped stays readable. They are never a part of an HTML page, and say so (<c>nosniff</c>).</summary>
internal static class ResponseJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Utf8JsonWriter To(IBufferWriter<byte> output) => new(output, Options);
}
