using System.Buffers;
using System.Buffers.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Passwindow.Protocol;

/// <summary>
/// Spells events as JSON (contract, section 3), one at a time, into one buffer that is used again: what a method returns is valid
/// until the next call. Not for use by two threads.
/// </summary>
/// <remarks>Absent fields are left out, never null. Text that is not valid Unicode becomes U+FFFD.</remarks>
public sealed class EventWriter : IDisposable
{
    /// <summary>
    /// How deep foreign JSON (arguments, a result, an action, a citation) may be nested. With the event around it, and a dialect's
    /// wrapping around that, it stays below the 64 levels at which common readers give up, ours among them.
    /// </summary>
    public const int MaxDepth = 60;

    // The event is data in an SSE stream and a line of a file, never a part of an HTML page: what need not be escaped stays readable.
    internal static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly ArrayBufferWriter<byte> _buffer = new(512);
    private readonly Utf8JsonWriter _json;

    /// <summary>Makes a writer.</summary>
    public EventWriter() => _json = new Utf8JsonWriter(_buffer, Options);

    /// <summary><c>start</c>.</summary>
    public ReadOnlySpan<byte> Start(long seq, ConversationId conversation, TurnId turn, string model, DateTimeOffset createdAt)
    {
        Begin(EventType.Start, seq);
        _json.WriteString("conversation_id"u8, conversation.Value);
        _json.WriteString("turn_id"u8, turn.Value);
        _json.WriteString("model"u8, model);
        _json.WriteString("created_at"u8, createdAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture));
        return End();
    }

    /// <summary><c>token</c>. A refusal is text that a person must see as well; it is marked so that a dialect with a field for it can use that.</summary>
    public ReadOnlySpan<byte> Token(long seq, ReadOnlySpan<byte> text, bool refusal = false)
    {
        if (!refusal && Options.Encoder!.FindFirstCharacterToEncodeUtf8(text) < 0)
            return PlainToken(seq, text);
        Begin(EventType.Token, seq);
        _json.WriteString("token"u8, text);
        if (refusal)
            _json.WriteBoolean("refusal"u8, true);
        return End();
    }

    /// <summary><c>reasoning</c>. <paramref name="signature"/> and <paramref name="redacted"/> are what the provider wants back with it.</summary>
    public ReadOnlySpan<byte> Reasoning(long seq, ReadOnlySpan<byte> text, string? signature = null, string? redacted = null)
    {
        Begin(EventType.Reasoning, seq);
        _json.WriteString("reasoning"u8, text);
        if (signature is not null)
            _json.WriteString("signature"u8, signature);
        if (redacted is not null)
            _json.WriteString("redacted"u8, redacted);
        return End();
    }

    /// <summary><c>tool_arguments</c>.</summary>
    public ReadOnlySpan<byte> ToolArguments(long seq, string id, string name, ReadOnlySpan<byte> delta)
    {
        Begin(EventType.ToolArguments, seq);
        _json.WriteString("id"u8, id);
        _json.WriteString("name"u8, name);
        _json.WriteString("delta"u8, delta);
        return End();
    }

    /// <summary><c>tool_call</c>. <paramref name="arguments"/> is a JSON object.</summary>
    /// <exception cref="JsonException">It is not JSON, or nested deeper than <see cref="MaxDepth"/>.</exception>
    public ReadOnlySpan<byte> ToolCall(long seq, string id, string name, ReadOnlySpan<byte> arguments, bool approvalRequired = false)
    {
        Begin(EventType.ToolCall, seq);
        _json.WriteString("id"u8, id);
        _json.WriteString("name"u8, name);
        Raw("arguments"u8, arguments);
        if (approvalRequired)
            _json.WriteString("approval"u8, "required"u8);
        return End();
    }

    /// <summary><c>tool_result</c> of a tool that answered. <paramref name="result"/> is any JSON value.</summary>
    /// <exception cref="JsonException">It is not JSON, or nested deeper than <see cref="MaxDepth"/>.</exception>
    public ReadOnlySpan<byte> ToolResult(long seq, string id, string name, ReadOnlySpan<byte> result, long durationMs)
    {
        Begin(EventType.ToolResult, seq);
        _json.WriteString("id"u8, id);
        _json.WriteString("name"u8, name);
        Raw("result"u8, result);
        _json.WriteNumber("duration_ms"u8, durationMs);
        return End();
    }

    /// <summary><c>tool_result</c> of a tool that failed.</summary>
    public ReadOnlySpan<byte> ToolError(long seq, string id, string name, string error, long durationMs)
    {
        Begin(EventType.ToolResult, seq);
        _json.WriteString("id"u8, id);
        _json.WriteString("name"u8, name);
        _json.WriteString("error"u8, error);
        _json.WriteNumber("duration_ms"u8, durationMs);
        return End();
    }

    /// <summary><c>action</c>. <paramref name="action"/> is a JSON object with a <c>type</c>.</summary>
    /// <exception cref="JsonException">It is not JSON, or nested deeper than <see cref="MaxDepth"/>.</exception>
    public ReadOnlySpan<byte> Action(long seq, string id, ReadOnlySpan<byte> action)
    {
        Begin(EventType.Action, seq);
        _json.WriteString("id"u8, id);
        Raw("action"u8, action);
        return End();
    }

    /// <summary><c>citation</c>. <paramref name="citation"/> is a JSON object.</summary>
    /// <exception cref="JsonException">It is not JSON, or nested deeper than <see cref="MaxDepth"/>.</exception>
    public ReadOnlySpan<byte> Citation(long seq, ReadOnlySpan<byte> citation)
    {
        Begin(EventType.Citation, seq);
        Raw("citation"u8, citation);
        return End();
    }

    /// <summary><c>seam</c>.</summary>
    public ReadOnlySpan<byte> Seam(long seq, string reason, string model)
    {
        Begin(EventType.Seam, seq);
        _json.WriteString("reason"u8, reason);
        _json.WriteString("model"u8, model);
        return End();
    }

    /// <summary>
    /// <c>usage</c>. Times are in milliseconds from the start of the turn. <paramref name="model"/> is the model that answered, where it is not
    /// the one that <c>start</c> names; <paramref name="abandonedTokens"/> counts pieces of the answer that were made for nobody;
    /// <paramref name="upstream"/> is the provider's own JSON object.
    /// </summary>
    /// <exception cref="JsonException"><paramref name="upstream"/> is not JSON, or nested deeper than <see cref="MaxDepth"/>.</exception>
    public ReadOnlySpan<byte> Usage(
        long seq, Usage usage, long? firstTokenMs, long durationMs, string? model = null, long? abandonedTokens = null, ReadOnlySpan<byte> upstream = default)
    {
        Begin(EventType.Usage, seq);
        Number("input_tokens"u8, usage.InputTokens);
        Number("output_tokens"u8, usage.OutputTokens);
        Number("reasoning_tokens"u8, usage.ReasoningTokens);
        Number("cached_tokens"u8, usage.CachedTokens);
        Number("first_token_ms"u8, firstTokenMs);
        _json.WriteNumber("duration_ms"u8, durationMs);
        if (model is not null)
            _json.WriteString("model"u8, model);
        Number("abandoned_tokens"u8, abandonedTokens);
        if (!upstream.IsEmpty)
            Raw("upstream"u8, upstream);
        return End();
    }

    /// <summary><c>suggested_questions</c>.</summary>
    public ReadOnlySpan<byte> SuggestedQuestions(long seq, IEnumerable<string> questions)
    {
        Begin(EventType.SuggestedQuestions, seq);
        _json.WriteStartArray("suggested_questions"u8);
        foreach (string question in questions)
            _json.WriteStringValue(question);
        _json.WriteEndArray();
        return End();
    }

    /// <summary><c>error</c>. <paramref name="message"/> must be safe to show to anyone who may see the turn.</summary>
    public ReadOnlySpan<byte> Error(long seq, ErrorCode code, string message, bool retryable)
    {
        Begin(EventType.Error, seq);
        _json.WriteString("code"u8, Words.Of(code));
        _json.WriteString("message"u8, message);
        _json.WriteBoolean("retryable"u8, retryable);
        return End();
    }

    /// <summary>
    /// <c>done</c>. <paramref name="stoppedAfterMs"/> is how long the turn ran, given when somebody stopped it; <paramref name="upstreamReason"/>
    /// is the provider's own word, <paramref name="stopSequence"/> the text at which it ended.
    /// </summary>
    public ReadOnlySpan<byte> Done(long seq, FinishReason reason, long? stoppedAfterMs = null, string? upstreamReason = null, string? stopSequence = null)
    {
        Begin(EventType.Done, seq);
        _json.WriteString("finish_reason"u8, Words.Of(reason));
        Number("stopped_after_ms"u8, stoppedAfterMs);
        if (upstreamReason is not null)
            _json.WriteString("upstream_reason"u8, upstreamReason);
        if (stopSequence is not null)
            _json.WriteString("stop_sequence"u8, stopSequence);
        return End();
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    /// <summary>Nearly every event is a token without anything to escape: its bytes are put together as the writer below would.</summary>
    private ReadOnlySpan<byte> PlainToken(long seq, ReadOnlySpan<byte> text)
    {
        const int around = 64;
        _buffer.ResetWrittenCount();
        var span = _buffer.GetSpan(text.Length + around);
        "{\"type\":\"token\",\"seq\":"u8.CopyTo(span);
        int length = "{\"type\":\"token\",\"seq\":"u8.Length;
        Utf8Formatter.TryFormat(seq, span[length..], out int digits);
        length += digits;
        ",\"token\":\""u8.CopyTo(span[length..]);
        length += ",\"token\":\""u8.Length;
        text.CopyTo(span[length..]);
        length += text.Length;
        "\"}"u8.CopyTo(span[length..]);
        _buffer.Advance(length + 2);
        return _buffer.WrittenSpan;
    }

    private void Begin(EventType type, long seq)
    {
        _buffer.ResetWrittenCount();
        _json.Reset(_buffer);
        _json.WriteStartObject();
        _json.WriteString("type"u8, EventTypes.Name(type));
        _json.WriteNumber("seq"u8, seq);
    }

    private ReadOnlySpan<byte> End()
    {
        _json.WriteEndObject();
        _json.Flush();
        return _buffer.WrittenSpan;
    }

    private void Number(ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
            _json.WriteNumber(name, number);
    }

    // Foreign JSON is written anew, token by token: whatever white space or line breaks it held cannot end our line.
    private void Raw(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        _json.WritePropertyName(name);
        var reader = new Utf8JsonReader(LoneSurrogates.Mend(value), new JsonReaderOptions { MaxDepth = MaxDepth });
        using var document = JsonDocument.ParseValue(ref reader);

        // ParseValue stops behind the first value; reading on fails on anything but white space.
        reader.Read();
        document.RootElement.WriteTo(_json);
    }
}
