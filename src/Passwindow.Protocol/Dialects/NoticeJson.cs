using System.Buffers;
using System.Text.Json;

namespace Passwindow.Protocol.Dialects;

/// <summary>A notice in the shape of the events <c>error</c> and <c>done</c>, without the <c>seq</c> that only the journal gives.</summary>
internal static class NoticeJson
{
    public static ReadOnlySpan<byte> Done => """{"type":"done","finish_reason":"error"}"""u8;

    public static ReadOnlySpan<byte> Error(in ViewerNotice notice)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, EventWriter.Options);
        json.WriteStartObject();
        json.WriteString("type"u8, "error"u8);
        json.WriteString("code"u8, Words.Of(notice.Code));
        json.WriteString("message"u8, notice.Message);
        json.WriteBoolean("retryable"u8, notice.Retryable);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan;
    }
}
