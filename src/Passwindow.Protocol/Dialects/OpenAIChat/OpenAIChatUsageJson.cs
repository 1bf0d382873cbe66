using System.Buffers;
using System.Text.Json;

namespace Passwindow.Protocol.Dialects.OpenAIChat;

/// <summary>Spells the <c>usage</c> of a turn in the words of Chat Completions.</summary>
internal static class OpenAIChatUsageJson
{
    /// <summary>The object; empty if the provider said nothing: an unknown number is not zero.</summary>
    /// <param name="usage">The event.</param>
    public static byte[] Of(ReadOnlySpan<byte> usage)
    {
        if (EventJson.TryGetRaw(usage, "upstream"u8, out var own) && IsOurs(own))
            return own.ToArray();
        long? input = EventJson.GetInt64(usage, "input_tokens"u8), output = EventJson.GetInt64(usage, "output_tokens"u8);
        if (input is null && output is null)
            return [];
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, EventWriter.Options))
        {
            json.WriteStartObject();
            json.WriteNumber("prompt_tokens"u8, input ?? 0);
            json.WriteNumber("completion_tokens"u8, output ?? 0);
            json.WriteNumber("total_tokens"u8, (input ?? 0) + (output ?? 0));
            if (EventJson.GetInt64(usage, "cached_tokens"u8) is { } cached)
                WriteDetail(json, "prompt_tokens_details"u8, "cached_tokens"u8, cached);
            if (EventJson.GetInt64(usage, "reasoning_tokens"u8) is { } reasoning)
                WriteDetail(json, "completion_tokens_details"u8, "reasoning_tokens"u8, reasoning);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    // A provider of the same API said more than the counts that all have in common. The SDKs demand these three.
    private static bool IsOurs(ReadOnlySpan<byte> usage) =>
        EventJson.GetInt64(usage, "prompt_tokens"u8) is not null && EventJson.GetInt64(usage, "completion_tokens"u8) is not null && EventJson.GetInt64(usage, "total_tokens"u8) is not null;

    private static void WriteDetail(Utf8JsonWriter json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> detail, long count)
    {
        json.WriteStartObject(name);
        json.WriteNumber(detail, count);
        json.WriteEndObject();
    }
}
