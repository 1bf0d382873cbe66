using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Passwindow.Protocol.Dialects.OpenAIChat;

/// <summary>A turn as one <c>chat.completion</c>, for clients that do not stream: a writer that keeps what it is shown until the end.</summary>
/// <param name="context">What is known of the turn.</param>
public sealed class OpenAIChatAnswer(FrameContext context) : IFrameWriter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly OpenAIChatCalls _calls = new();
    private readonly List<(string Id, string Name, StringBuilder Arguments)> _functions = [];
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _refusal = new();
    private readonly StringBuilder _reasoning = new();
    private readonly ArrayBufferWriter<byte> _annotations = new();
    private string _id = "";
    private string _model = "";
    private long _created;
    private byte[] _usage = [];
    private string? _finish;

    /// <summary>Why there is no answer; null if there is one.</summary>
    public OpenAIChatFailure? Failure { get; private set; }

    /// <inheritdoc/>
    public void Write(in CommittedEvent committed, IBufferWriter<byte> output)
    {
        var json = committed.Json.Span;
        switch (committed.Type)
        {
            case EventType.Start:
                _id = "chatcmpl-" + EventJson.GetString(json, "turn_id"u8);
                _model = EventJson.GetString(json, "model"u8) ?? "";
                _created = DateTimeOffset.Parse(EventJson.GetString(json, "created_at"u8)!, CultureInfo.InvariantCulture).ToUnixTimeSeconds();
                break;
            case EventType.Token:
                (EventJson.TryGetRaw(json, "refusal"u8, out _) ? _refusal : _text).Append(EventJson.GetString(json, "token"u8));
                break;
            case EventType.Reasoning:
                _reasoning.Append(EventJson.GetString(json, "reasoning"u8));
                break;
            case EventType.ToolArguments when _calls.IsClients(json, context):
                Find(json, out _).Append(EventJson.GetString(json, "delta"u8));
                break;
            case EventType.ToolCall when _calls.IsClients(json, context):
                var arguments = Find(json, out bool isNew);
                if (isNew)
                    arguments.Append(Encoding.UTF8.GetString(EventJson.GetRequired(json, "arguments"u8)));
                break;
            case EventType.Citation:
                OpenAIAnnotations.Add(EventJson.GetRequired(json, "citation"u8), _annotations);
                break;
            case EventType.Usage:
                _usage = OpenAIChatUsageJson.Of(json);
                break;
            case EventType.Error:
                Failure = OpenAIChatFailure.Of(json);
                break;
            case EventType.Done:
                string? reason = EventJson.GetString(json, "finish_reason"u8);
                _finish = OpenAIWords.Finish(reason);
                if (_finish is null)
                    Failure ??= new OpenAIChatFailure(Code: null, reason ?? "", OpenAIErrorJson.EndMessage(reason), IsRetryable: false);
                break;
            default:
                break;
        }
    }

    /// <summary>Nothing: a byte sent now would decide the status, which only the end knows.</summary>
    public void WriteHeartbeat(IBufferWriter<byte> output)
    {
    }

    /// <inheritdoc/>
    public void WriteNotice(in ViewerNotice notice, IBufferWriter<byte> output) => Failure = OpenAIChatFailure.Of(NoticeJson.Error(notice));

    /// <summary>Writes the document.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, Options);
        json.WriteStartObject();
        json.WriteString("id"u8, _id);
        json.WriteString("object"u8, "chat.completion"u8);
        json.WriteNumber("created"u8, _created);
        json.WriteString("model"u8, _model);
        json.WriteStartArray("choices"u8);
        json.WriteStartObject();
        json.WriteNumber("index"u8, 0);
        WriteMessage(json);
        json.WriteNull("logprobs"u8);
        json.WriteString("finish_reason"u8, _finish);
        json.WriteEndObject();
        json.WriteEndArray();
        if (_usage.Length > 0)
        {
            json.WritePropertyName("usage"u8);
            json.WriteRawValue(_usage);
        }

        json.WriteEndObject();
    }

    private void WriteMessage(Utf8JsonWriter json)
    {
        json.WriteStartObject("message"u8);
        json.WriteString("role"u8, "assistant"u8);
        bool saysElse = _functions.Count > 0 || _refusal.Length > 0;
        json.WriteString("content"u8, _text.Length > 0 || !saysElse ? _text.ToString() : null);
        json.WriteString("refusal"u8, _refusal.Length > 0 ? _refusal.ToString() : null);
        if (_reasoning.Length > 0)
            json.WriteString("reasoning_content"u8, _reasoning.ToString());
        json.WritePropertyName("annotations"u8);
        json.WriteRawValue([(byte)'[', .. _annotations.WrittenSpan, (byte)']']);
        if (_functions.Count > 0)
        {
            json.WriteStartArray("tool_calls"u8);
            foreach (var (id, name, arguments) in _functions)
            {
                json.WriteStartObject();
                json.WriteString("id"u8, id);
                json.WriteString("type"u8, "function"u8);
                json.WriteStartObject("function"u8);
                json.WriteString("name"u8, name);
                json.WriteString("arguments"u8, arguments.ToString());
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private StringBuilder Find(ReadOnlySpan<byte> json, out bool isNew)
    {
        int index = _calls.Find(EventJson.GetRequired(json, "id"u8), out isNew);
        if (isNew)
            _functions.Add((EventJson.GetString(json, "id"u8) ?? "", EventJson.GetString(json, "name"u8) ?? "", new StringBuilder()));
        return _functions[index].Arguments;
    }
}

/// <summary>Why a turn gave no answer.</summary>
/// <param name="Code">The failure; null for an end that is none, such as a stop.</param>
/// <param name="Word">The word for it.</param>
/// <param name="Message">The same in words safe to show.</param>
/// <param name="IsRetryable">Whether asking again can help.</param>
public sealed record OpenAIChatFailure(ErrorCode? Code, string Word, string Message, bool IsRetryable)
{
    /// <summary>Reads an <c>error</c> event.</summary>
    internal static OpenAIChatFailure Of(ReadOnlySpan<byte> error)
    {
        string word = EventJson.GetString(error, "code"u8) ?? "";
        bool isRetryable = EventJson.TryGetRaw(error, "retryable"u8, out var value) && value.SequenceEqual("true"u8);
        return new OpenAIChatFailure(Words.TryParse(word, out ErrorCode code) ? code : ErrorCode.Internal, word, EventJson.GetString(error, "message"u8) ?? "", isRetryable);
    }
}
