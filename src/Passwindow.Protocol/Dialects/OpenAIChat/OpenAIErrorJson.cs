using System.Buffers;
using System.Text.Json;
using Passwindow.Protocol.ServerSentEvents;

namespace Passwindow.Protocol.Dialects.OpenAIChat;

/// <summary>Errors in the form that OpenAI's APIs share: <c>{"error": {message, type, code, param}}</c>.</summary>
public static class OpenAIErrorJson
{
    /// <summary>Writes one.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="message">What is wrong, in words safe to show.</param>
    /// <param name="type">The kind, in OpenAI's words: <c>invalid_request_error</c>, <c>rate_limit_error</c>, <c>server_error</c>, …</param>
    /// <param name="code">The reason, in ours; null for none.</param>
    /// <param name="param">The field of the request that is wrong; null for none.</param>
    public static void Write(IBufferWriter<byte> output, string message, string type, string? code, string? param)
    {
        using var json = new Utf8JsonWriter(output, EventWriter.Options);
        json.WriteStartObject();
        json.WriteStartObject("error"u8);
        json.WriteString("message"u8, message);
        json.WriteString("type"u8, type);
        json.WriteString("code"u8, code);
        json.WriteString("param"u8, param);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>The kind of a failure.</summary>
    public static string TypeOf(ErrorCode code) => code == ErrorCode.UpstreamRateLimited ? "rate_limit_error" : "server_error";

    /// <summary>Writes an <c>error</c> event as a frame.</summary>
    internal static void WriteFrame(IBufferWriter<byte> output, ReadOnlySpan<byte> error)
    {
        string word = EventJson.GetString(error, "code"u8) ?? "";
        string type = Words.TryParse(word, out ErrorCode code) ? TypeOf(code) : "server_error";
        WriteFrame(output, EventJson.GetString(error, "message"u8) ?? "", type, word);
    }

    /// <summary>Writes the end of a turn for which the APIs have no word, and that must not look like the model's own.</summary>
    internal static void WriteEndFrame(IBufferWriter<byte> output, string? finishReason) =>
        WriteFrame(output, EndMessage(finishReason), "server_error", finishReason ?? "internal");

    /// <summary>What such an end means.</summary>
    public static string EndMessage(string? finishReason) => finishReason switch
    {
        "stopped" => "The answer was stopped.",
        "abandoned" => "The answer was given up, because nobody was watching.",
        "interrupted" => "The answer was interrupted.",
        _ => "The answer did not come to its end.",
    };

    private static void WriteFrame(IBufferWriter<byte> output, string message, string type, string code)
    {
        output.Write("data: "u8);
        Write(output, message, type, code, param: null);
        SseFrame.WriteEnd(output);
        SseFrame.WriteEnd(output);
    }
}
