using System.Text.Json;

namespace Passwindow.Protocol.Dialects.OpenAIResponses;

/// <summary>
/// What a response says again of the request that began it. It is kept in the turn's metadata, as <c>{"openai_responses": {…}}</c>; of a turn that
/// was begun otherwise it says what the API would by default.
/// </summary>
/// <param name="fields">The fields as they stood in the request; undefined for none.</param>
internal readonly struct ResponseEcho(JsonElement fields)
{
    private const string Member = "openai_responses";

    /// <summary>The fields, in the order in which they are said, with what the API says where the request said nothing.</summary>
    private static readonly (string Name, string Default)[] Known =
    [
        ("background", "false"),
        ("instructions", "null"),
        ("max_output_tokens", "null"),
        ("max_tool_calls", "null"),
        ("metadata", "{}"),
        ("parallel_tool_calls", "true"),
        ("previous_response_id", "null"),
        ("prompt_cache_key", "null"),
        ("reasoning", """{"effort":null,"summary":null}"""),
        ("safety_identifier", "null"),
        ("store", "true"),
        ("temperature", "null"),
        ("text", """{"format":{"type":"text"}}"""),
        ("tool_choice", "\"auto\""),
        ("top_logprobs", "0"),
        ("top_p", "null"),
        ("truncation", "\"disabled\""),
        ("user", "null"),
    ];

    /// <summary>Whether the response may be asked for again, and continued.</summary>
    public bool IsStored => !(fields.ValueKind == JsonValueKind.Object && fields.TryGetProperty("store", out var store) && store.ValueKind == JsonValueKind.False);

    /// <summary>Reads it out of what a turn keeps.</summary>
    public static ResponseEcho Of(JsonElement? metadata) =>
        new(metadata is { ValueKind: JsonValueKind.Object } kept && kept.TryGetProperty(Member, out var echo) && echo.ValueKind == JsonValueKind.Object ? echo : default);

    /// <summary>The metadata of a turn that a request begins.</summary>
    public static JsonElement Keep(JsonElement request)
    {
        var kept = new Dictionary<string, JsonElement>();
        foreach (string name in Known.Select(static known => known.Name).Concat(["include", "conversation"]))
        {
            if (request.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null)
                kept[name] = value;
        }

        return JsonSerializer.SerializeToElement(new() { [Member] = kept }, ResponseStrings.Default.DictionaryStringDictionaryStringJsonElement);
    }

    /// <summary>Whether the request asked for that by <c>include</c>.</summary>
    public bool Includes(string what) =>
        fields.ValueKind == JsonValueKind.Object && fields.TryGetProperty("include", out var include) && include.ValueKind == JsonValueKind.Array
        && include.EnumerateArray().Any(each => each.ValueKind == JsonValueKind.String && each.ValueEquals(what));

    /// <summary>Writes the members.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="tools">The tools of the client, as the journal keeps them.</param>
    public void WriteTo(Utf8JsonWriter json, JsonElement? tools)
    {
        foreach (var (name, otherwise) in Known)
        {
            json.WritePropertyName(name);
            if (fields.ValueKind == JsonValueKind.Object && fields.TryGetProperty(name, out var value))
                value.WriteTo(json);
            else
                json.WriteRawValue(otherwise);
        }

        json.WriteStartArray("tools"u8);
        if (tools is { ValueKind: JsonValueKind.Array } declared)
        {
            foreach (var tool in declared.EnumerateArray())
                WriteTool(json, tool);
        }

        json.WriteEndArray();
    }

    private static void WriteTool(Utf8JsonWriter json, JsonElement tool)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "function"u8);
        foreach (var field in tool.EnumerateObject().Where(static field => field.Name is "name" or "description" or "parameters"))
            field.WriteTo(json);
        json.WriteBoolean("strict"u8, false);
        json.WriteEndObject();
    }
}
