using System.Buffers;
using System.Text.Json;

namespace Passwindow.Protocol.Dialects.Anthropic;

/// <summary>Spells the <c>usage</c> of a turn in Anthropic's words: the prompt in parts that do not overlap.</summary>
internal static class AnthropicUsageJson
{
    /// <summary>The object; empty if the provider said nothing.</summary>
    /// <param name="usage">The event.</param>
    public static byte[] Of(ReadOnlySpan<byte> usage)
    {
        if (EventJson.TryGetRaw(usage, "upstream"u8, out var own) && IsOurs(own))
            return own.ToArray();
        long? input = EventJson.GetInt64(usage, "input_tokens"u8), output = EventJson.GetInt64(usage, "output_tokens"u8);
        if (input is null && output is null)
            return [];
        long? cached = EventJson.GetInt64(usage, "cached_tokens"u8);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, EventWriter.Options))
        {
            json.WriteStartObject();
            if (input is { } prompt)
                json.WriteNumber("input_tokens"u8, Math.Max(0, prompt - (cached ?? 0)));
            if (cached is { } read)
                json.WriteNumber("cache_read_input_tokens"u8, read);
            json.WriteNumber("output_tokens"u8, output ?? 0);
            if (EventJson.GetInt64(usage, "reasoning_tokens"u8) is { } thinking)
            {
                json.WriteStartObject("output_tokens_details"u8);
                json.WriteNumber("thinking_tokens"u8, thinking);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    // The Responses API has the same two names, and a total beside them.
    private static bool IsOurs(ReadOnlySpan<byte> usage) =>
        EventJson.GetInt64(usage, "output_tokens"u8) is not null && EventJson.GetInt64(usage, "input_tokens"u8) is not null && !EventJson.TryGetRaw(usage, "total_tokens"u8, out _);
}
