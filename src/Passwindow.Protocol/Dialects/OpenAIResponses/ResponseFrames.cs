using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Passwindow.Protocol.ServerSentEvents;

namespace Passwindow.Protocol.Dialects.OpenAIResponses;

/// <summary>
/// Spells the events of the API, numbered 0, 1, 2, … without holes: <c>event: TYPE</c>, then the same type and the number within the data.
/// </summary>
/// <param name="startingAfter">Events up to this number are counted and not written; -1 for none.</param>
internal sealed class ResponseFrames(long startingAfter)
{
    private readonly ArrayBufferWriter<byte> _data = new(256);
    private Utf8JsonWriter? _json;

    /// <summary>The number of the next event.</summary>
    public long Next { get; private set; }

    /// <summary>Writes one event.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="type">Its type.</param>
    /// <param name="members">Writes what it has beside its type and number.</param>
    public void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> type, Action<Utf8JsonWriter> members)
    {
        if (Next++ <= startingAfter)
            return;
        Write(output, type, Next - 1, members);
    }

    /// <summary>Writes what is no event of the turn: it bears the next number, which the next event will bear too.</summary>
    public void WriteUnnumbered(IBufferWriter<byte> output, ReadOnlySpan<byte> type, Action<Utf8JsonWriter> members) => Write(output, type, Next, members);

    /// <summary>Writes a piece of a text, as most events are: the piece's JSON is copied, and nothing is allocated.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="type">Its type.</param>
    /// <param name="item">The item that grows.</param>
    /// <param name="part">Which part of the item: JSON members that end with a comma; empty for none.</param>
    /// <param name="delta">The piece, a JSON string.</param>
    /// <param name="rest">JSON members behind it that begin with a comma; empty for none.</param>
    public void WriteDelta(IBufferWriter<byte> output, ReadOnlySpan<byte> type, OutputItem item, ReadOnlySpan<byte> part, ReadOnlySpan<byte> delta, ReadOnlySpan<byte> rest)
    {
        if (Next++ <= startingAfter)
            return;
        SseFrame.ThrowIfLineBreak(delta);
        SseFrame.WriteEvent(output, type);
        output.Write("data: {\"type\":\""u8);
        output.Write(type);
        output.Write("\",\"sequence_number\":"u8);
        WriteNumber(output, Next - 1);
        output.Write(",\"item_id\":\""u8);
        Encoding.ASCII.GetBytes(item.Id, output);
        output.Write("\",\"output_index\":"u8);
        WriteNumber(output, item.Index);
        output.Write(","u8);
        output.Write(part);
        output.Write("\"delta\":"u8);
        output.Write(delta);
        output.Write(rest);
        output.Write("}\n\n"u8);
    }

    private void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> type, long number, Action<Utf8JsonWriter> members)
    {
        _data.ResetWrittenCount();
        _json ??= new Utf8JsonWriter(_data, EventWriter.Options);
        _json.Reset(_data);
        _json.WriteStartObject();
        _json.WriteString("type"u8, type);
        _json.WriteNumber("sequence_number"u8, number);
        members(_json);
        _json.WriteEndObject();
        _json.Flush();
        SseFrame.WriteEvent(output, type);
        SseFrame.WriteDataLine(output, _data.WrittenSpan);
        SseFrame.WriteEnd(output);
    }

    private static void WriteNumber(IBufferWriter<byte> output, long number)
    {
        number.TryFormat(output.GetSpan(20), out int written, provider: CultureInfo.InvariantCulture);
        output.Advance(written);
    }
}
