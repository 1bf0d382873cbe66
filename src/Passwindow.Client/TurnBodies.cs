using System.Buffers;
using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Passwindow.Client;

/// <summary>The bodies of what is posted.</summary>
internal static class TurnBodies
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A new turn: <c>{message, history?, conversation_id?, model?, tools?}</c>.</summary>
    public static byte[] Ask(IReadOnlyList<ChatMessage> messages, ChatOptions? options)
    {
        int last = messages.ToList().FindLastIndex(static message => message.Role == ChatRole.User);
        if (last < 0)
            throw new ArgumentException("There is no message of a user to be answered.", nameof(messages));
        return Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("message"u8, Text(messages[last]));
            if (options?.ConversationId is { } conversation)
                json.WriteString("conversation_id"u8, conversation);
            else
                WriteHistory(json, messages.Take(last), options?.Instructions);
            if (options?.ModelId is { } model)
                json.WriteString("model"u8, model);
            WriteTools(json, Tools(options));
            json.WriteEndObject();
        });
    }

    /// <summary>The same message again: <c>{model?}</c>.</summary>
    public static byte[] Choice(string? model) => Write(json =>
    {
        json.WriteStartObject();
        if (model is not null)
            json.WriteString("model"u8, model);
        json.WriteEndObject();
    });

    /// <summary>What the caller's tools gave: <c>[{id, result | error}]</c>.</summary>
    public static byte[] Results(IEnumerable<FunctionResultContent> results) => Write(json =>
    {
        json.WriteStartArray();
        foreach (var result in results)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, result.CallId);
            if (result.Exception is { } failure)
            {
                json.WriteString("error"u8, failure.Message);
            }
            else
            {
                json.WritePropertyName("result"u8);
                JsonSerializer.Serialize(json, result.Result, AIJsonUtilities.DefaultOptions);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>A person's answers: <c>[{id, approved, reason?}]</c>.</summary>
    public static byte[] Approvals(IEnumerable<(string Call, ToolApprovalResponseContent Answer)> answers) => Write(json =>
    {
        json.WriteStartArray();
        foreach (var (call, answer) in answers)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, call);
            json.WriteBoolean("approved"u8, answer.Approved);
            if (answer.Reason is { } reason)
                json.WriteString("reason"u8, reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    public static HttpRequestMessage Post(Uri address, byte[] body, string? idempotencyKey)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        return request;
    }

    /// <summary>The tools that the caller runs.</summary>
    public static IEnumerable<AIFunctionDeclaration> Tools(ChatOptions? options) => options?.Tools?.OfType<AIFunctionDeclaration>() ?? [];

    private static void WriteHistory(Utf8JsonWriter json, IEnumerable<ChatMessage> before, string? instructions)
    {
        var told = before.ToList();
        if (!string.IsNullOrEmpty(instructions))
            told.Insert(0, new ChatMessage(ChatRole.System, instructions));
        if (told.Count == 0)
            return;
        json.WriteStartArray("history"u8);
        foreach (var message in told)
        {
            json.WriteStartObject();
            json.WriteString("role"u8, message.Role.Value);
            json.WriteString("content"u8, Text(message));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    // A conversation of the server holds whatever was said in it; what is brought along is text.
    private static string Text(ChatMessage message) => message.Contents.All(static content => content is TextContent or TextReasoningContent)
        ? message.Text
        : throw new NotSupportedException($"A message of the role {message.Role} holds more than text. Continue a conversation by its ConversationId: the server remembers its calls and their results.");

    private static void WriteTools(Utf8JsonWriter json, IEnumerable<AIFunctionDeclaration> tools)
    {
        if (!tools.Any())
            return;
        json.WriteStartArray("tools"u8);
        foreach (var tool in tools)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, tool.Name);
            json.WriteString("description"u8, tool.Description);
            json.WritePropertyName("parameters"u8);
            tool.JsonSchema.WriteTo(json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
            write(json);
        return buffer.WrittenSpan.ToArray();
    }
}
