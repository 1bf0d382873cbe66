using System.Buffers;
using System.Text.Json;
using Passwindow.Protocol.Dialects.OpenAIChat;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Protocol.Dialects.OpenAIResponses;

/// <summary>Spells a request for OpenAI Responses and the servers that are compatible with it.</summary>
public static class OpenAIResponsesRequestWriter
{
    /// <summary>
    /// Writes the body. It asks for a stream, and not to keep the answer: the conversation is ours. Thinking is sent back only where the
    /// provider encrypted it for that; a message that has neither text nor calls is left out.
    /// </summary>
    /// <exception cref="JsonException">The parameters of a tool are not JSON.</exception>
    public static void Write(ChatRequest request, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, RequestJson.Options);
        json.WriteStartObject();
        json.WriteString("model"u8, request.Model);
        json.WriteStartArray("input"u8);
        foreach (var message in request.Messages)
            WriteItems(json, message);
        json.WriteEndArray();
        var native = request.Options.FieldsFor(UpstreamApi.OpenAIResponses.Name);
        WriteTools(json, request.Tools, native);
        if (native is { } fields)
            RequestJson.WriteFields(json, fields, "model", "input", "instructions", "tools", "store", "stream", "background", "previous_response_id", "conversation");
        else
            OpenAIResponsesOptions.Write(json, request);
        json.WriteBoolean("store"u8, false);
        json.WriteBoolean("stream"u8, true);
        json.WriteEndObject();
    }

    /// <inheritdoc cref="OpenAIChatRequestWriter.Headers"/>
    public static IEnumerable<KeyValuePair<string, string>> Headers(string? apiKey) => OpenAIChatRequestWriter.Headers(apiKey);

    // The order is the model's own: its thinking, then its words, then its calls.
    private static void WriteItems(Utf8JsonWriter json, ChatMessage message)
    {
        foreach (var reasoning in message.Parts.OfType<ReasoningPart>())
        {
            if (OpenAIResponsesReasoning.IsItem(reasoning.Redacted))
                json.WriteRawValue(reasoning.Redacted!);
        }

        string text = RequestJson.Text(message);
        bool hasImages = message.Role == ChatRole.User && message.Parts.Any(static part => part is ImagePart);
        if ((text.Length > 0 || hasImages) && message.Role != ChatRole.Tool)
        {
            json.WriteStartObject();
            json.WriteString("role"u8, OpenAIWords.Of(message.Role));
            if (hasImages)
                OpenAIResponsesOptions.WriteContent(json, message);
            else
                json.WriteString("content"u8, text);
            json.WriteEndObject();
        }

        foreach (var part in message.Parts)
        {
            if (part is ToolCallPart call)
                WriteCall(json, call);
            else if (part is ToolResultPart result)
                WriteResult(json, result);
        }
    }

    private static void WriteCall(Utf8JsonWriter json, ToolCallPart call)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "function_call"u8);
        json.WriteString("call_id"u8, call.Id);
        json.WriteString("name"u8, call.Name);
        json.WriteString("arguments"u8, RequestJson.Arguments(call));
        json.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter json, ToolResultPart result)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "function_call_output"u8);
        json.WriteString("call_id"u8, result.Id);
        json.WriteString("output"u8, OpenAIWords.Of(result));
        json.WriteEndObject();
    }

    /// <summary>Writes the tools as they stood in a request for this API, those of the provider among them; then what is ours.</summary>
    private static void WriteTools(Utf8JsonWriter json, IReadOnlyList<ToolDeclaration> tools, JsonElement? native)
    {
        JsonElement[] given = native is { } fields && fields.TryGetProperty("tools", out var array) && array.ValueKind == JsonValueKind.Array ? [.. array.EnumerateArray()] : [];
        var names = given.Where(static tool => tool.TryGetProperty("name", out _)).Select(static tool => tool.GetProperty("name").GetString()).ToHashSet();
        if (tools.Count == 0 && given.Length == 0)
            return;
        json.WriteStartArray("tools"u8);
        foreach (var tool in given)
            tool.WriteTo(json);
        foreach (var tool in tools.Where(tool => !names.Contains(tool.Name)))
            WriteTool(json, tool);
        json.WriteEndArray();
    }

    private static void WriteTool(Utf8JsonWriter json, ToolDeclaration tool)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "function"u8);
        json.WriteString("name"u8, tool.Name);
        if (tool.Description is { } description)
            json.WriteString("description"u8, description);
        RequestJson.WriteSchema(json, "parameters"u8, tool);

        // Here, unlike in Chat Completions, the default is strict, which refuses most schemas that were not written for it.
        json.WriteBoolean("strict"u8, tool.IsStrict ?? false);
        json.WriteEndObject();
    }
}
