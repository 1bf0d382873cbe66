using Passwindow.Protocol.Upstream.Reading;

namespace Passwindow.Protocol.Dialects.Anthropic;

/// <summary>
/// Reads the <c>usage</c> of a message. The API counts the prompt in three parts that do not overlap: new, read from the cache, written to
/// the cache. Reports are cumulative; one that leaves a part out means the part as it was.
/// </summary>
internal sealed class AnthropicUsage
{
    private long? _input;
    private long? _cacheRead;
    private long? _cacheCreation;
    private long? _output;
    private long? _thinking;

    /// <summary>Takes a report and gives the totals so far.</summary>
    public Usage Read(ReadOnlySpan<byte> json)
    {
        ReadOnlySpan<byte> input = default, cacheRead = default, cacheCreation = default, output = default, details = default, iterations = default;
        var fields = new JsonFields(json);
        while (fields.MoveNext())
        {
            _ = fields.Take("input_tokens"u8, ref input)
                || fields.Take("output_tokens"u8, ref output)
                || fields.Take("cache_read_input_tokens"u8, ref cacheRead)
                || fields.Take("cache_creation_input_tokens"u8, ref cacheCreation)
                || fields.Take("output_tokens_details"u8, ref details)
                || fields.Take("iterations"u8, ref iterations);
        }

        _input = JsonSlice.Count(input) ?? _input;
        _output = JsonSlice.Count(output) ?? _output;
        _cacheRead = JsonSlice.Count(cacheRead) ?? _cacheRead;
        _cacheCreation = JsonSlice.Count(cacheCreation) ?? _cacheCreation;
        _thinking = Thinking(details) ?? _thinking;
        if (JsonSlice.IsArray(iterations))
            AddCompaction(iterations);
        bool knowsInput = _input is not null || _cacheRead is not null || _cacheCreation is not null;
        return new Usage
        {
            InputTokens = knowsInput ? (_input ?? 0) + (_cacheRead ?? 0) + (_cacheCreation ?? 0) : null,
            OutputTokens = _output,
            ReasoningTokens = _thinking,
            CachedTokens = _cacheRead,
        };
    }

    private static long? Thinking(ReadOnlySpan<byte> details)
    {
        if (!JsonSlice.IsObject(details))
            return null;
        ReadOnlySpan<byte> thinking = default;
        var fields = new JsonFields(details);
        while (fields.MoveNext())
            fields.Take("thinking_tokens"u8, ref thinking);
        return JsonSlice.Count(thinking);
    }

    // The totals beside `iterations` hold all of them but compaction, which is billed as well: where there was one, the rounds of this model
    // are summed instead. Rounds of an advisor or of a model that was fallen back from are not this model's and stay out, as they do there.
    private void AddCompaction(ReadOnlySpan<byte> iterations)
    {
        bool hasCompaction = false;
        long input = 0, output = 0;
        var items = new JsonItems(iterations);
        while (items.MoveNext())
        {
            if (!JsonSlice.IsObject(items.Value))
                continue;
            ReadOnlySpan<byte> type = default, inputTokens = default, outputTokens = default;
            var fields = new JsonFields(items.Value);
            while (fields.MoveNext())
                _ = fields.Take("type"u8, ref type) || fields.Take("input_tokens"u8, ref inputTokens) || fields.Take("output_tokens"u8, ref outputTokens);
            bool isCompaction = JsonSlice.Is(type, "compaction"u8);
            if (!isCompaction && !JsonSlice.Is(type, "message"u8))
                continue;
            hasCompaction |= isCompaction;
            input += JsonSlice.Count(inputTokens) ?? 0;
            output += JsonSlice.Count(outputTokens) ?? 0;
        }

        if (hasCompaction)
            (_input, _output) = (input, output);
    }
}
