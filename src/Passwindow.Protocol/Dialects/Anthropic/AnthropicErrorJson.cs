using System.Buffers;
using System.Text.Json;
using Passwindow.Protocol.Dialects.OpenAIChat;

namespace Passwindow.Protocol.Dialects.Anthropic;

/// <summary>Errors in Anthropic's form: <c>{type: error, error: {type, message}, request_id}</c>, with our own <c>code</c> beside the type.</summary>
public static class AnthropicErrorJson
{
    /// <summary>Writes one.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="type">The kind, in Anthropic's words: <c>invalid_request_error</c>, <c>api_error</c>, <c>overloaded_error</c>, …</param>
    /// <param name="message">What is wrong, in words safe to show.</param>
    /// <param name="code">The reason, in ours.</param>
    /// <param name="requestId">The request; null for none.</param>
    public static void Write(IBufferWriter<byte> output, string type, string message, string code, string? requestId)
    {
        using var json = new Utf8JsonWriter(output, EventWriter.Options);
        json.WriteStartObject();
        json.WriteString("type"u8, "error"u8);
        json.WriteStartObject("error"u8);
        json.WriteString("type"u8, type);
        json.WriteString("message"u8, message);
        json.WriteString("code"u8, code);
        json.WriteEndObject();
        if (requestId is not null)
            json.WriteString("request_id"u8, requestId);
        json.WriteEndObject();
    }

    /// <summary>The kind of a failure.</summary>
    public static string TypeOf(ErrorCode code) => code switch
    {
        ErrorCode.UpstreamRateLimited => "rate_limit_error",
        ErrorCode.UpstreamTimeout => "timeout_error",
        ErrorCode.ShuttingDown or ErrorCode.JournalUnavailable => "overloaded_error",
        _ => "api_error",
    };

    /// <summary>Writes an <c>error</c> event as a frame.</summary>
    internal static void WriteFrame(IBufferWriter<byte> output, ReadOnlySpan<byte> error)
    {
        string word = EventJson.GetString(error, "code"u8) ?? "";
        string type = Words.TryParse(word, out ErrorCode code) ? TypeOf(code) : "api_error";
        WriteFrame(output, type, EventJson.GetString(error, "message"u8) ?? "", word);
    }

    /// <summary>Writes the end of a turn for which the API has no word, and that must not look like the model's own.</summary>
    internal static void WriteEndFrame(IBufferWriter<byte> output, string? finishReason) =>
        WriteFrame(output, "api_error", OpenAIErrorJson.EndMessage(finishReason), finishReason ?? "internal");

    private static void WriteFrame(IBufferWriter<byte> output, string type, string message, string code)
    {
        output.Write("event: error\ndata: "u8);
        Write(output, type, message, code, requestId: null);
        output.Write("\n\n"u8);
    }
}
