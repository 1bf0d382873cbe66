using System.Buffers;
using System.Text.Json;
using Passwindow.Protocol.ServerSentEvents;

namespace Passwindow.Protocol.Dialects.AgUi;

/// <summary>AG-UI's events as frames: one JSON object on one <c>data:</c> line, LF only, nothing that is null.</summary>
internal static class AgUiFrames
{
    private static ReadOnlySpan<byte> End => "}\n\n"u8;

    /// <summary>An event that names a message.</summary>
    public static void WriteMessage(IBufferWriter<byte> output, ReadOnlySpan<byte> type, ReadOnlySpan<byte> message, ReadOnlySpan<byte> rest = default)
    {
        output.Write("data: {\"type\":\""u8);
        output.Write(type);
        output.Write("\",\"messageId\":\""u8);
        output.Write(message);
        output.Write("\""u8);
        output.Write(rest);
        output.Write(End);
    }

    /// <summary>A piece of a message. <paramref name="text"/> is a JSON string as it stands in the journal: it is copied, not parsed and written again.</summary>
    public static void WriteDelta(IBufferWriter<byte> output, ReadOnlySpan<byte> type, ReadOnlySpan<byte> message, ReadOnlySpan<byte> text)
    {
        output.Write("data: {\"type\":\""u8);
        output.Write(type);
        output.Write("\",\"messageId\":\""u8);
        output.Write(message);
        output.Write("\",\"delta\":"u8);
        output.Write(text);
        output.Write(End);
    }

    public static void WriteCallStart(IBufferWriter<byte> output, AgUiCall call)
    {
        output.Write("data: {\"type\":\"TOOL_CALL_START\",\"toolCallId\":"u8);
        output.Write(call.Id);
        output.Write(",\"toolCallName\":"u8);
        output.Write(call.Name);
        output.Write(",\"parentMessageId\":\""u8);
        output.Write(call.Parent.Id);
        output.Write("\""u8);
        output.Write(End);
    }

    /// <summary>A piece of a call's arguments: what stands within the quotes of a JSON string.</summary>
    public static void WriteArguments(IBufferWriter<byte> output, AgUiCall call, ReadOnlySpan<byte> escaped)
    {
        output.Write("data: {\"type\":\"TOOL_CALL_ARGS\",\"toolCallId\":"u8);
        output.Write(call.Id);
        output.Write(",\"delta\":\""u8);
        output.Write(escaped);
        output.Write("\""u8);
        output.Write(End);
    }

    public static void WriteCallEnd(IBufferWriter<byte> output, AgUiCall call)
    {
        output.Write("data: {\"type\":\"TOOL_CALL_END\",\"toolCallId\":"u8);
        output.Write(call.Id);
        output.Write(End);
    }

    /// <param name="output">Where to.</param>
    /// <param name="message">The id of the message that the result becomes.</param>
    /// <param name="call">The call that it answers, as it stands in JSON.</param>
    /// <param name="escaped">What the tool gave, as it stands within the quotes of a JSON string.</param>
    /// <param name="metadata">What is to be said beside it, JSON; empty for nothing.</param>
    public static void WriteResult(IBufferWriter<byte> output, ReadOnlySpan<byte> message, ReadOnlySpan<byte> call, ReadOnlySpan<byte> escaped, ReadOnlySpan<byte> metadata)
    {
        output.Write("data: {\"type\":\"TOOL_CALL_RESULT\",\"messageId\":\""u8);
        output.Write(message);
        output.Write("\",\"toolCallId\":"u8);
        output.Write(call);
        output.Write(",\"role\":\"tool\",\"content\":\""u8);
        output.Write(escaped);
        output.Write("\""u8);
        if (!metadata.IsEmpty)
            output.Write(",\"metadata\":"u8);
        output.Write(metadata);
        output.Write(End);
    }

    /// <summary>An event of the application's own. <paramref name="value"/> is JSON.</summary>
    public static void WriteCustom(IBufferWriter<byte> output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        output.Write("data: {\"type\":\"CUSTOM\",\"name\":\""u8);
        output.Write(name);
        output.Write("\",\"value\":"u8);
        output.Write(value);
        output.Write(End);
    }

    /// <summary>An event that comes once in a run.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="type">Its type.</param>
    /// <param name="write">Writes its fields.</param>
    public static void Write(IBufferWriter<byte> output, string type, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, EventWriter.Options))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, type);
            write(json);
            json.WriteEndObject();
        }

        SseFrame.WriteDataLine(output, buffer.WrittenSpan);
        SseFrame.WriteEnd(output);
    }
}
