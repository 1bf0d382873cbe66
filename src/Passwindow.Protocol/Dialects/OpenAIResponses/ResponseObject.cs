using System.Globalization;
using System.Text.Json;

namespace Passwindow.Protocol.Dialects.OpenAIResponses;

/// <summary>The <c>response</c> object of a turn, as far as the turn has come. It is the same whoever asks, and whenever.</summary>
internal sealed class ResponseObject(FrameContext context, bool showsEncrypted)
{
    private readonly ResponseEcho _echo = ResponseEcho.Of(context.Metadata);
    private string _model = "";
    private long _createdAt;
    private long? _durationMs;
    private (long Input, long Cached, long Output, long Reasoning)? _usage;
    private byte[]? _ownUsage;

    public string Id { get; private set; } = "";

    /// <summary><c>in_progress</c>, then one of <c>completed</c>, <c>incomplete</c>, <c>failed</c>, <c>cancelled</c>.</summary>
    public string Status { get; private set; } = "in_progress";

    /// <summary>Why it is <c>incomplete</c>.</summary>
    public string? Incomplete { get; private set; }

    /// <summary>Why it is <c>failed</c>.</summary>
    public (string Code, string Message)? Error { get; private set; }

    public List<OutputItem> Output { get; } = [];

    /// <summary>Whether thinking is shown with what its provider wants back: the client asked for it, to send it back by itself.</summary>
    public bool ShowsEncrypted => showsEncrypted || _echo.Includes("reasoning.encrypted_content");

    public void Start(ReadOnlySpan<byte> start)
    {
        Id = ResponseId.Of(new TurnId(EventJson.GetString(start, "turn_id"u8) ?? ""));
        _model = EventJson.GetString(start, "model"u8) ?? "";
        if (DateTimeOffset.TryParse(EventJson.GetString(start, "created_at"u8), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var created))
            _createdAt = created.ToUnixTimeSeconds();
    }

    public void Use(ReadOnlySpan<byte> usage)
    {
        long? input = EventJson.GetInt64(usage, "input_tokens"u8), output = EventJson.GetInt64(usage, "output_tokens"u8);
        if (input is not null || output is not null)
            _usage = (input ?? 0, EventJson.GetInt64(usage, "cached_tokens"u8) ?? 0, output ?? 0, EventJson.GetInt64(usage, "reasoning_tokens"u8) ?? 0);
        if (EventJson.TryGetRaw(usage, "upstream"u8, out var own) && IsOurs(own))
            _ownUsage = own.ToArray();
        _durationMs = EventJson.GetInt64(usage, "duration_ms"u8);
    }

    /// <summary>An error came; the end that follows says that the turn failed by it.</summary>
    public void Fail(ReadOnlySpan<byte> error)
    {
        string code = EventJson.GetString(error, "code"u8) ?? "";
        Error = (code == Words.Of(ErrorCode.UpstreamRateLimited) ? "rate_limit_exceeded" : "server_error", EventJson.GetString(error, "message"u8) ?? "");
    }

    /// <summary>The turn's end. What no word of the API fits is never <c>completed</c>.</summary>
    public void End(FinishReason reason)
    {
        (Status, Incomplete) = reason switch
        {
            FinishReason.Stop or FinishReason.ToolCalls => ("completed", null),
            FinishReason.Length or FinishReason.ToolLimit => ("incomplete", "max_output_tokens"),
            FinishReason.ContentFilter => ("incomplete", "content_filter"),
            FinishReason.Stopped or FinishReason.Abandoned => ("cancelled", null),
            _ => ("failed", (string?)null),
        };
        if (Status == "failed")
            Error ??= ("server_error", "The server that made this response went away before its end.");
        else
            Error = null;
    }

    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, Id);
        json.WriteString("object"u8, "response"u8);
        json.WriteNumber("created_at"u8, _createdAt);
        json.WriteString("status"u8, Status);
        json.WritePropertyName("completed_at"u8);
        if (Status == "completed" && _durationMs is { } duration)
            json.WriteNumberValue(_createdAt + (duration / 1000));
        else
            json.WriteNullValue();
        WriteError(json);
        json.WritePropertyName("incomplete_details"u8);
        if (Incomplete is null)
        {
            json.WriteNullValue();
        }
        else
        {
            json.WriteStartObject();
            json.WriteString("reason"u8, Incomplete);
            json.WriteEndObject();
        }

        json.WriteString("model"u8, _model);
        json.WriteStartArray("output"u8);
        foreach (var item in Output)
            item.WriteTo(json);
        json.WriteEndArray();
        _echo.WriteTo(json, context.Tools);
        WriteUsage(json);
        json.WriteEndObject();
    }

    private void WriteError(Utf8JsonWriter json)
    {
        json.WritePropertyName("error"u8);
        if (Status != "failed" || Error is not { } error)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        json.WriteString("code"u8, error.Code);
        json.WriteString("message"u8, error.Message);
        json.WriteEndObject();
    }

    private void WriteUsage(Utf8JsonWriter json)
    {
        json.WritePropertyName("usage"u8);
        if (_ownUsage is not null)
        {
            json.WriteRawValue(_ownUsage, skipInputValidation: true);
            return;
        }

        if (_usage is not { } usage)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        json.WriteNumber("input_tokens"u8, usage.Input);
        json.WriteStartObject("input_tokens_details"u8);
        json.WriteNumber("cached_tokens"u8, usage.Cached);
        json.WriteEndObject();
        json.WriteNumber("output_tokens"u8, usage.Output);
        json.WriteStartObject("output_tokens_details"u8);
        json.WriteNumber("reasoning_tokens"u8, usage.Reasoning);
        json.WriteEndObject();
        json.WriteNumber("total_tokens"u8, usage.Input + usage.Output);
        json.WriteEndObject();
    }

    // A provider of the same API said more than the counts that all have in common. The SDKs demand these three and the details.
    private static bool IsOurs(ReadOnlySpan<byte> usage) =>
        EventJson.GetInt64(usage, "input_tokens"u8) is not null && EventJson.GetInt64(usage, "output_tokens"u8) is not null && EventJson.GetInt64(usage, "total_tokens"u8) is not null
        && EventJson.TryGetRaw(usage, "input_tokens_details"u8, out var input) && input[0] == '{' && EventJson.TryGetRaw(usage, "output_tokens_details"u8, out var output) && output[0] == '{';
}
