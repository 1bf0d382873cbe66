using System.Text.Json;

namespace Passwindow.Protocol.Dialects.AgUi;

/// <summary>What a turn cost, as AG-UI's <c>TokenUsage</c>: labels and counts.</summary>
/// <param name="Event">The <c>usage</c> event.</param>
internal readonly record struct AgUiUsage(ReadOnlyMemory<byte> Event)
{
    /// <summary>Writes <c>usage</c>; nothing if no count is known: that would claim what nobody said.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="model">The model that was asked, <c>provider/name</c>.</param>
    public void WriteTo(Utf8JsonWriter json, string model)
    {
        long? input = Count("input_tokens"u8);
        long? output = Count("output_tokens"u8);
        long? reasoning = Count("reasoning_tokens"u8);
        long? cached = Count("cached_tokens"u8);
        if ((input ?? output ?? reasoning ?? cached) is null)
            return;
        string answered = EventJson.GetString(Event.Span, "model"u8) ?? model;
        int slash = answered.IndexOf('/', StringComparison.Ordinal);
        json.WriteStartArray("usage"u8);
        json.WriteStartObject();
        if (slash > 0)
            json.WriteString("provider"u8, answered[..slash]);
        json.WriteString("model"u8, answered[(slash + 1)..]);
        Number(json, "inputTokens"u8, input);
        Number(json, "outputTokens"u8, output);
        Number(json, "totalTokens"u8, input + output);
        Number(json, "reasoningTokens"u8, reasoning);
        Number(json, "cachedInputTokens"u8, cached);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    /// <summary>Writes the times, which are no counts of tokens, as fields of the run's metadata.</summary>
    public void WriteTimes(Utf8JsonWriter json)
    {
        if (Event.IsEmpty)
            return;
        Number(json, "first_token_ms"u8, EventJson.GetInt64(Event.Span, "first_token_ms"u8));
        Number(json, "duration_ms"u8, EventJson.GetInt64(Event.Span, "duration_ms"u8));
    }

    private long? Count(ReadOnlySpan<byte> field) => Event.IsEmpty ? null : EventJson.GetInt64(Event.Span, field);

    private static void Number(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
    }
}
