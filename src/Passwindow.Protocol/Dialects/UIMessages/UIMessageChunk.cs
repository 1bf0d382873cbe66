using System.Buffers;

namespace Passwindow.Protocol.Dialects.UIMessages;

/// <summary>
/// One chunk of a UI message stream as it stands on the wire: <c>data: {"type":…}</c> and a blank line. Values are JSON already: the
/// journal's own spelling is copied.
/// </summary>
internal static class UIMessageChunk
{
    /// <summary>The last line of a stream. Clients skip it.</summary>
    public static ReadOnlySpan<byte> Done => "data: [DONE]\n\n"u8;

    /// <summary>Writes the beginning.</summary>
    public static void Begin(IBufferWriter<byte> output, ReadOnlySpan<byte> type)
    {
        output.Write("data: {\"type\":\""u8);
        output.Write(type);
        output.Write("\""u8);
    }

    /// <summary>Writes a member.</summary>
    public static void Member(IBufferWriter<byte> output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> json)
    {
        output.Write(",\""u8);
        output.Write(name);
        output.Write("\":"u8);
        output.Write(json);
    }

    /// <summary>Writes a member that is an event's field, if the event has it.</summary>
    public static void MemberOf(IBufferWriter<byte> output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> json, ReadOnlySpan<byte> field)
    {
        if (EventJson.TryGetRaw(json, field, out var value))
            Member(output, name, value);
    }

    /// <summary>Writes the end.</summary>
    public static void End(IBufferWriter<byte> output) => output.Write("}\n\n"u8);

    /// <summary>Writes a chunk without members.</summary>
    public static void Whole(IBufferWriter<byte> output, ReadOnlySpan<byte> type)
    {
        Begin(output, type);
        End(output);
    }

    /// <summary>Writes a chunk that names a part and says no more.</summary>
    public static void OfPart(IBufferWriter<byte> output, ReadOnlySpan<byte> type, ReadOnlySpan<byte> id)
    {
        Begin(output, type);
        Member(output, "id"u8, id);
        End(output);
    }
}
