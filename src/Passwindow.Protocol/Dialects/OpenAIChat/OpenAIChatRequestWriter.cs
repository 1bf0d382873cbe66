using System.Buffers;
using System.Text.Json;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Protocol.Dialects.OpenAIChat;

/// <summary>Spells a request for OpenAI Chat Completions and the servers that are compatible with it.</summary>
public static class OpenAIChatRequestWriter
{
    /// <summary>
    /// Writes the body. It asks for a stream with usage. Thinking is not sent: the API has no place for it. The limit on the answer is
    /// <c>max_tokens</c>, the one name that all compatible servers know, and is left out where none was asked for. A message that has
    /// neither text nor calls is left out: servers refuse it.
    /// </summary>
    /// <exception cref="JsonException">The parameters of a tool are not JSON.</exception>
    public static void Write(ChatRequest request, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, RequestJson.Options);
        json.WriteStartObject();
        json.WriteString("model"u8, request.Model);
        json.WriteStartArray("messages"u8);
        foreach (var message in request.Messages)
            WriteMessage(json, message);
        json.WriteEndArray();
        WriteTools(json, request.Tools);
        if (request.Options.FieldsFor(UpstreamApi.OpenAIChat.Name) is { } fields)
            RequestJson.WriteFields(json, fields, "model", "messages", "tools", "stream", "stream_options");
        else
            OpenAIChatOptions.Write(json, request);
        json.WriteBoolean("stream"u8, true);
        json.WriteStartObject("stream_options"u8);
        json.WriteBoolean("include_usage"u8, true);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary><c>Authorization: Bearer KEY</c>; nothing without a key, as local servers want it.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Headers(string? apiKey) =>
        string.IsNullOrEmpty(apiKey) ? [] : [new("Authorization", $"Bearer {apiKey}")];

    private static void WriteMessage(Utf8JsonWriter json, ChatMessage message)
    {
        // A tool's answer is a message of its own, whatever message it came in.
        foreach (var result in message.Parts.OfType<ToolResultPart>())
            WriteResult(json, result);
        string text = RequestJson.Text(message);
        var calls = message.Parts.OfType<ToolCallPart>().ToList();
        bool hasImages = message.Role == ChatRole.User && message.Parts.Any(static part => part is ImagePart);
        if (message.Role == ChatRole.Tool || (text.Length == 0 && calls.Count == 0 && !hasImages))
            return;
        json.WriteStartObject();
        json.WriteString("role"u8, OpenAIWords.Of(message.Role));
        if (hasImages)
            OpenAIChatOptions.WriteContent(json, message);
        else if (text.Length > 0)
            json.WriteString("content"u8, text);
        else
            json.WriteNull("content"u8);
        if (calls.Count > 0)
            WriteCalls(json, calls);
        json.WriteEndObject();
    }

    private static void WriteCalls(Utf8JsonWriter json, List<ToolCallPart> calls)
    {
        json.WriteStartArray("tool_calls"u8);
        foreach (var call in calls)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, call.Id);
            json.WriteString("type"u8, "function"u8);
            json.WriteStartObject("function"u8);
            json.WriteString("name"u8, call.Name);
            json.WriteString("arguments"u8, RequestJson.Arguments(call));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteResult(Utf8JsonWriter json, ToolResultPart result)
    {
        json.WriteStartObject();
        json.WriteString("role"u8, "tool"u8);
        json.WriteString("tool_call_id"u8, result.Id);
        json.WriteString("content"u8, OpenAIWords.Of(result));
        json.WriteEndObject();
    }

    private static void WriteTools(Utf8JsonWriter json, IReadOnlyList<ToolDeclaration> tools)
    {
        if (tools.Count == 0)
            return; // servers refuse an empty array
        json.WriteStartArray("tools"u8);
        foreach (var tool in tools)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "function"u8);
            json.WriteStartObject("function"u8);
            json.WriteString("name"u8, tool.Name);
            if (tool.Description is { } description)
                json.WriteString("description"u8, description);
            RequestJson.WriteSchema(json, "parameters"u8, tool);
            if (tool.IsStrict is { } strict)
                json.WriteBoolean("strict"u8, strict);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
