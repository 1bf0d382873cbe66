using System.Buffers;
using System.Text.Json;

namespace Passwindow.Protocol.Dialects.AgUi;

/// <summary>A message that a turn has made so far, as a client's own reducer would hold it.</summary>
/// <param name="id">Its id; of the alphabet of ids, which needs no escaping.</param>
/// <param name="role">Who speaks: <c>assistant</c>, <c>reasoning</c> or <c>tool</c>.</param>
internal sealed class AgUiMessage(byte[] id, string role)
{
    private readonly ArrayBufferWriter<byte> _text = new(64);

    public byte[] Id => id;

    public bool IsTool => role == "tool";

    /// <summary>The calls that an assistant's message holds.</summary>
    public List<AgUiCall> Calls { get; } = [];

    /// <summary>The call that a tool answers, as it stands in JSON.</summary>
    public byte[] Answers { get; init; } = [];

    /// <summary>What the frame of a result says beside it: JSON; empty for nothing.</summary>
    public byte[] Metadata { get; init; } = [];

    /// <summary>Appends text as it stands in JSON, without quotes.</summary>
    public void Append(ReadOnlySpan<byte> escaped) => _text.Write(escaped);

    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, id);
        json.WriteString("role"u8, role);
        if (role != "assistant" || _text.WrittenCount > 0)
            WriteText(json, "content"u8, _text.WrittenSpan);
        if (Calls.Count > 0)
        {
            json.WriteStartArray("toolCalls"u8);
            foreach (var call in Calls)
                call.WriteTo(json);
            json.WriteEndArray();
        }

        if (IsTool)
        {
            json.WritePropertyName("toolCallId"u8);
            json.WriteRawValue(Answers, skipInputValidation: true);
        }

        if (Metadata.Length > 0)
        {
            json.WritePropertyName("metadata"u8);
            json.WriteRawValue(Metadata, skipInputValidation: true);
        }

        json.WriteEndObject();
    }

    internal static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> escaped)
    {
        json.WritePropertyName(name);
        json.WriteRawValue([(byte)'"', .. escaped, (byte)'"'], skipInputValidation: true);
    }
}

/// <summary>A call of a turn.</summary>
/// <param name="id">Its id, as it stands in JSON.</param>
/// <param name="name">The tool, as it stands in JSON.</param>
/// <param name="parent">The message that holds it.</param>
internal sealed class AgUiCall(byte[] id, byte[] name, AgUiMessage parent)
{
    private readonly ArrayBufferWriter<byte> _arguments = new(64);

    public byte[] Id => id;

    public byte[] Name => name;

    public AgUiMessage Parent => parent;

    /// <summary>Whether its end was not told yet.</summary>
    public bool IsOpen { get; set; } = true;

    public bool HasArguments => _arguments.WrittenCount > 0;

    public bool NeedsApproval { get; set; }

    public bool IsAnswered { get; set; }

    public void Append(ReadOnlySpan<byte> escaped) => _arguments.Write(escaped);

    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WritePropertyName("id"u8);
        json.WriteRawValue(id, skipInputValidation: true);
        json.WriteString("type"u8, "function"u8);
        json.WriteStartObject("function"u8);
        json.WritePropertyName("name"u8);
        json.WriteRawValue(name, skipInputValidation: true);
        AgUiMessage.WriteText(json, "arguments"u8, _arguments.WrittenSpan);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
