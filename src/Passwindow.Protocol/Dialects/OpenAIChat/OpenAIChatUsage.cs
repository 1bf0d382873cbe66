using Passwindow.Protocol.Upstream.Reading;

namespace Passwindow.Protocol.Dialects.OpenAIChat;

/// <summary>Reads a <c>usage</c> object; compatible servers name the same numbers in several ways.</summary>
internal static class OpenAIChatUsage
{
    public static Usage Read(ReadOnlySpan<byte> json)
    {
        long? input = null, output = null, reasoning = null, cached = null;
        var fields = new JsonFields(json);
        while (fields.MoveNext())
        {
            switch (fields.Name)
            {
                case var name when name.SequenceEqual("prompt_tokens"u8) || name.SequenceEqual("input_tokens"u8):
                    input ??= JsonSlice.Count(fields.Value);
                    break;
                case var name when name.SequenceEqual("completion_tokens"u8) || name.SequenceEqual("output_tokens"u8):
                    output ??= JsonSlice.Count(fields.Value);
                    break;
                case var name when name.SequenceEqual("prompt_tokens_details"u8) || name.SequenceEqual("input_tokens_details"u8):
                    cached = Detail(fields.Value, "cached_tokens"u8) ?? cached;
                    break;
                case var name when name.SequenceEqual("completion_tokens_details"u8) || name.SequenceEqual("output_tokens_details"u8):
                    reasoning = Detail(fields.Value, "reasoning_tokens"u8) ?? reasoning;
                    break;
                case var name when name.SequenceEqual("reasoning_tokens"u8):
                    reasoning ??= JsonSlice.Count(fields.Value);
                    break;
                case var name when IsCached(name):
                    cached ??= JsonSlice.Count(fields.Value);
                    break;
            }
        }

        return new Usage { InputTokens = input, OutputTokens = output, ReasoningTokens = reasoning, CachedTokens = cached };
    }

    // DeepSeek; Moonshot; Mistral; servers in front of Anthropic's models.
    private static bool IsCached(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("prompt_cache_hit_tokens"u8) || name.SequenceEqual("cached_tokens"u8)
        || name.SequenceEqual("num_cached_tokens"u8) || name.SequenceEqual("cache_read_input_tokens"u8);

    private static long? Detail(ReadOnlySpan<byte> json, ReadOnlySpan<byte> field)
    {
        if (!JsonSlice.IsObject(json))
            return null;
        ReadOnlySpan<byte> value = default;
        var fields = new JsonFields(json);
        while (fields.MoveNext())
            fields.Take(field, ref value);
        return JsonSlice.Count(value);
    }
}
