using System.Buffers;
using System.Text.Json;

namespace Passwindow.Protocol.Dialects.AgUi;

/// <summary>What the client that began a turn called it and its messages: kept in the turn's metadata, so that every viewer is told the same names.</summary>
/// <param name="Thread">The conversation; null if no AG-UI client began the turn.</param>
/// <param name="Run">The turn; null as above.</param>
/// <param name="Messages">The messages that it gave, in their order; empty where one has no name.</param>
/// <param name="Results">The messages that hold what its tools gave, by call.</param>
public sealed record AgUiOrigin(string? Thread, string? Run, IReadOnlyList<string> Messages, IReadOnlyDictionary<string, string> Results)
{
    private const string Key = "ag_ui";

    /// <summary>Nobody's.</summary>
    public static AgUiOrigin None { get; } = new(null, null, [], new Dictionary<string, string>());

    /// <summary>Reads it out of a turn's metadata.</summary>
    public static AgUiOrigin Of(JsonElement? metadata)
    {
        if (metadata is not { ValueKind: JsonValueKind.Object } kept || !kept.TryGetProperty(Key, out var own) || own.ValueKind != JsonValueKind.Object)
            return None;
        return new AgUiOrigin(
            Text(own, "thread_id"),
            Text(own, "run_id"),
            own.TryGetProperty("message_ids", out var messages) && messages.ValueKind == JsonValueKind.Array ? [.. messages.EnumerateArray().Select(static id => id.ToString())] : [],
            own.TryGetProperty("result_ids", out var results) && results.ValueKind == JsonValueKind.Object
                ? results.EnumerateObject().ToDictionary(static result => result.Name, static result => result.Value.ToString())
                : None.Results);
    }

    /// <summary>The metadata to keep.</summary>
    public JsonElement ToMetadata()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject(Key);
            json.WriteString("thread_id"u8, Thread);
            json.WriteString("run_id"u8, Run);
            json.WriteStartArray("message_ids"u8);
            foreach (string id in Messages)
                json.WriteStringValue(id);
            json.WriteEndArray();
            json.WriteStartObject("result_ids"u8);
            foreach (var (call, id) in Results)
                json.WriteString(call, id);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return JsonElement.Parse(buffer.WrittenSpan);
    }

    // Anybody may write such metadata: what has another form says nothing.
    private static string? Text(JsonElement parent, string name) => parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
