using System.Buffers;
using System.Text.Json;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Protocol.Dialects.Anthropic;

/// <summary>Spells a request for Anthropic Messages.</summary>
public static class AnthropicRequestWriter
{
    /// <summary>The longest answer asked for where the request names no limit: the API demands one. Every current model can give as much.</summary>
    public const int DefaultMaxTokens = 8192;

    /// <summary>The version of the API that is spoken.</summary>
    public const string Version = "2023-06-01";

    /// <summary>
    /// Writes the body. It asks for a stream. System messages, wherever they stand, become <c>system</c>, parted by a blank line; messages
    /// of the same side that follow one another become one; tools' answers are the user's side. Thinking is sent back with its signature,
    /// and left out without one. Blank text is left out: the API refuses it.
    /// </summary>
    /// <exception cref="JsonException">The parameters of a tool are not JSON.</exception>
    public static void Write(ChatRequest request, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, RequestJson.Options);
        json.WriteStartObject();
        json.WriteString("model"u8, request.Model);
        json.WriteNumber("max_tokens"u8, request.Options.MaxOutputTokens ?? DefaultMaxTokens);
        string system = string.Join("\n\n", request.Messages.Where(message => message.Role == ChatRole.System).Select(RequestJson.Text).Where(text => !string.IsNullOrWhiteSpace(text)));
        if (system.Length > 0)
            json.WriteString("system"u8, system);
        WriteMessages(json, request.Messages);
        WriteTools(json, request.Tools);
        if (request.Options.FieldsFor(UpstreamApi.Anthropic.Name) is { } fields)
            RequestJson.WriteFields(json, fields, "model", "max_tokens", "system", "messages", "tools", "stream");
        else
            AnthropicOptions.Write(json, request);
        json.WriteBoolean("stream"u8, true);
        json.WriteEndObject();
    }

    /// <summary><c>anthropic-version</c>, and <c>x-api-key</c> if there is a key.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Headers(string? apiKey)
    {
        if (!string.IsNullOrEmpty(apiKey))
            yield return new("x-api-key", apiKey);
        yield return new("anthropic-version", Version);
    }

    private static void WriteMessages(Utf8JsonWriter json, IReadOnlyList<ChatMessage> messages)
    {
        json.WriteStartArray("messages"u8);
        string? open = null;
        foreach (var message in messages)
        {
            if (message.Role == ChatRole.System)
                continue;
            string side = message.Role == ChatRole.Assistant ? "assistant" : "user";
            foreach (var part in message.Parts.Where(HasContent))
            {
                if (open != side)
                {
                    Close(json, open);
                    json.WriteStartObject();
                    json.WriteString("role"u8, side);
                    json.WriteStartArray("content"u8);
                    open = side;
                }

                WriteBlock(json, part);
            }
        }

        Close(json, open);
        json.WriteEndArray();
    }

    private static void Close(Utf8JsonWriter json, string? open)
    {
        if (open is null)
            return;
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static bool HasContent(MessagePart part) => part switch
    {
        TextPart text => !string.IsNullOrWhiteSpace(text.Text),
        ReasoningPart reasoning => reasoning.Signature is not null || reasoning.Redacted is not null,
        _ => true,
    };

    private static void WriteBlock(Utf8JsonWriter json, MessagePart part)
    {
        json.WriteStartObject();
        switch (part)
        {
            case TextPart text:
                json.WriteString("type"u8, "text"u8);
                json.WriteString("text"u8, text.Text);
                break;
            case ImagePart image:
                json.WriteString("type"u8, "image"u8);
                AnthropicOptions.WriteSource(json, image);
                break;
            case ReasoningPart { Redacted: { } redacted }:
                json.WriteString("type"u8, "redacted_thinking"u8);
                json.WriteString("data"u8, redacted);
                break;
            case ReasoningPart reasoning:
                json.WriteString("type"u8, "thinking"u8);
                json.WriteString("thinking"u8, reasoning.Text);
                json.WriteString("signature"u8, reasoning.Signature);
                break;
            case ToolCallPart call:
                json.WriteString("type"u8, "tool_use"u8);
                json.WriteString("id"u8, Id(call.Id));
                json.WriteString("name"u8, call.Name);
                json.WritePropertyName("input"u8);
                json.WriteRawValue(RequestJson.Arguments(call));
                break;
            case ToolResultPart result:
                json.WriteString("type"u8, "tool_result"u8);
                json.WriteString("tool_use_id"u8, Id(result.Id));
                json.WriteString("content"u8, result.Result);
                if (result.IsError)
                    json.WriteBoolean("is_error"u8, true);
                break;
            default:
                throw new ArgumentException($"A part of type {part.GetType().Name} cannot be sent.", nameof(part));
        }

        json.WriteEndObject();
    }

    // The API takes ids of [a-zA-Z0-9_-] only; a conversation that began at another provider has others.
    private static string Id(string id) =>
        string.Create(id.Length, id, static (span, source) =>
        {
            for (int i = 0; i < span.Length; i++)
                span[i] = char.IsAsciiLetterOrDigit(source[i]) || source[i] is '-' ? source[i] : '_';
        });

    private static void WriteTools(Utf8JsonWriter json, IReadOnlyList<ToolDeclaration> tools)
    {
        if (tools.Count == 0)
            return;
        json.WriteStartArray("tools"u8);
        foreach (var tool in tools)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, tool.Name);
            if (tool.Description is { } description)
                json.WriteString("description"u8, description);
            RequestJson.WriteSchema(json, "input_schema"u8, tool);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
