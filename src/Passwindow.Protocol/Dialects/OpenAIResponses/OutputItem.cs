using System.Text.Json;

namespace Passwindow.Protocol.Dialects.OpenAIResponses;

/// <summary>One item of a response's <c>output</c>, as far as it has come.</summary>
/// <param name="id">Its id, unique within the response and the same for everybody who reads it.</param>
/// <param name="index">Its place in the output.</param>
internal abstract class OutputItem(string id, int index)
{
    public string Id { get; } = id;

    public int Index { get; } = index;

    /// <summary><c>in_progress</c>, <c>completed</c> or <c>incomplete</c>.</summary>
    public string Status { get; set; } = "in_progress";

    public bool IsOpen => Status == "in_progress";

    /// <summary>Writes the item as a JSON object.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, Id);
        WriteMembers(json);
        json.WriteString("status"u8, Status);
        json.WriteEndObject();
    }

    protected abstract void WriteMembers(Utf8JsonWriter json);
}

/// <summary>What the model said.</summary>
internal sealed class MessageItem(string id, int index) : OutputItem(id, index)
{
    public List<MessageContent> Content { get; } = [];

    protected override void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteString("type"u8, "message"u8);
        json.WriteString("role"u8, "assistant"u8);
        json.WriteStartArray("content"u8);
        foreach (var part in Content)
            part.WriteTo(json);
        json.WriteEndArray();
    }
}

/// <summary>A part of a message: text, or a refusal.</summary>
internal sealed class MessageContent(bool isRefusal)
{
    public bool IsRefusal { get; } = isRefusal;

    public OutputText Text { get; } = new();

    /// <summary>The sources, each a JSON object.</summary>
    public List<byte[]> Annotations { get; } = [];

    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        if (IsRefusal)
        {
            json.WriteString("type"u8, "refusal"u8);
            Text.WriteTo(json, "refusal"u8);
        }
        else
        {
            json.WriteString("type"u8, "output_text"u8);
            Text.WriteTo(json, "text"u8);
            json.WriteStartArray("annotations"u8);
            foreach (byte[] annotation in Annotations)
                json.WriteRawValue(annotation, skipInputValidation: true);
            json.WriteEndArray();
            json.WriteStartArray("logprobs"u8);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}

/// <summary>What the model thought, as far as the provider shows it.</summary>
internal sealed class ReasoningItem(string id, int index) : OutputItem(id, index)
{
    public OutputText Summary { get; } = new();

    /// <summary>What the client sends back with it, so that the provider gets its own thinking again; null for nothing.</summary>
    public string? Encrypted { get; set; }

    protected override void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteString("type"u8, "reasoning"u8);
        json.WriteStartArray("summary"u8);
        if (!Summary.IsEmpty)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "summary_text"u8);
            Summary.WriteTo(json, "text"u8);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (Encrypted is not null)
            json.WriteString("encrypted_content"u8, Encrypted);
    }
}

/// <summary>A call that the client answers.</summary>
/// <param name="id">As for every item.</param>
/// <param name="index">As for every item.</param>
/// <param name="callId">The call's id, under which it is answered.</param>
/// <param name="name">The tool.</param>
internal sealed class CallItem(string id, int index, string callId, string name) : OutputItem(id, index)
{
    public string Name { get; } = name;

    public OutputText Arguments { get; } = new();

    protected override void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteString("type"u8, "function_call"u8);
        json.WriteString("call_id"u8, callId);
        json.WriteString("name"u8, Name);
        Arguments.WriteTo(json, "arguments"u8);
    }
}
