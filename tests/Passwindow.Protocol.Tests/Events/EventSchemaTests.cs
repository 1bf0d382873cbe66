using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace Passwindow.Protocol.Tests.Events;

/// <summary>Keeps the schema and the writer in step, by reading the part of JSON Schema that ours uses.</summary>
public sealed class EventSchemaTests
{
    private static readonly JsonElement Schema = JsonElement.Parse(EventSchema.Utf8.Span);
    private static readonly JsonElement Definitions = Schema.GetProperty("$defs");

    [Fact]
    public void Every_event_that_is_written_fits_its_definition_and_no_other()
    {
        foreach (var (_, written, _) in EventSamples.All)
        {
            var sample = JsonElement.Parse(written);
            var fitting = Schema.GetProperty("oneOf").EnumerateArray().Where(choice => Fault(choice, sample) is null).ToList();
            Assert.True(fitting.Count == 1, $"{fitting.Count} definitions fit {written}: {Fault(Definition(sample), sample)}");
            foreach (var field in sample.EnumerateObject())
                Assert.True(Definition(sample).GetProperty("properties").TryGetProperty(field.Name, out _), $"The schema does not list '{field.Name}' of {written}");
        }
    }

    [Fact]
    public void The_schema_lists_no_field_that_is_never_written()
    {
        var written = EventSamples.All.Select(sample => JsonElement.Parse(sample.Written))
            .SelectMany(sample => sample.EnumerateObject().Select(field => $"{sample.GetProperty("type")}.{field.Name}"));
        var listed = Types().SelectMany(type => Definitions.GetProperty(type).GetProperty("properties").EnumerateObject().Select(field => $"{type}.{field.Name}"));
        Assert.Equal(listed.Order(), written.Distinct().Order());
    }

    [Fact]
    public void Every_event_type_is_in_the_schema()
    {
        Assert.Equal(Enum.GetValues<EventType>().Skip(1).Select(type => Encoding.UTF8.GetString(EventTypes.Name(type))), Types());
        Assert.Equal("https://json-schema.org/draft/2020-12/schema", Schema.GetProperty("$schema").GetString());
        foreach (string type in Types())
            Assert.Equal(type, Definitions.GetProperty(type).GetProperty("properties").GetProperty("type").GetProperty("const").GetString());
    }

    [Fact]
    public void The_words_of_the_schema_are_the_words_of_the_enums()
    {
        static IEnumerable<string?> Listed(string type, string field) =>
            Definitions.GetProperty(type).GetProperty("properties").GetProperty(field).GetProperty("enum").EnumerateArray().Select(word => word.GetString());
        Assert.Equal(Enum.GetValues<ErrorCode>().Select(Words.Of), Listed("error", "code"));
        Assert.Equal(Enum.GetValues<FinishReason>().Select(Words.Of), Listed("done", "finish_reason"));
    }

    [Theory]
    [InlineData("""{"type":"token","seq":1}""")]
    [InlineData("""{"type":"token","seq":0,"token":""}""")]
    [InlineData("""{"type":"token","seq":1,"token":null}""")]
    [InlineData("""{"type":"tool_result","seq":1,"id":"1","name":"f","duration_ms":1}""")]
    [InlineData("""{"type":"tool_result","seq":1,"id":"1","name":"f","duration_ms":1,"result":1,"error":""}""")]
    [InlineData("""{"type":"action","seq":1,"id":"1","action":{}}""")]
    [InlineData("""{"type":"done","seq":1,"finish_reason":"tired"}""")]
    [InlineData("""{"type":"suggested_questions","seq":1,"suggested_questions":[1]}""")]
    public void What_is_no_event_does_not_fit(string json) =>
        Assert.DoesNotContain(Schema.GetProperty("oneOf").EnumerateArray(), choice => Fault(choice, JsonElement.Parse(json)) is null);

    [Theory]
    [InlineData("""{"type":"token","seq":1,"token":"","invented_later":{}}""")]
    [InlineData("""{"type":"error","code":"gap","message":"","retryable":false}""")]
    [InlineData("""{"type":"done","finish_reason":"error"}""")]
    public void Unknown_fields_and_notices_without_a_number_fit(string json) =>
        Assert.Single(Schema.GetProperty("oneOf").EnumerateArray(), choice => Fault(choice, JsonElement.Parse(json)) is null);

    private static IEnumerable<string> Types() =>
        Schema.GetProperty("oneOf").EnumerateArray().Select(choice => choice.GetProperty("$ref").GetString()!["#/$defs/".Length..]);

    private static JsonElement Definition(JsonElement sample) => Definitions.GetProperty(sample.GetProperty("type").GetString()!);

    // The first keyword that the value breaks; null if it fits. A keyword that is not known here fails the test: it would go unchecked.
    private static string? Fault(JsonElement schema, JsonElement value)
    {
        foreach (var keyword in schema.EnumerateObject())
        {
            bool fits = keyword.Name switch
            {
                "description" or "format" => true,
                "$ref" => Fault(Definitions.GetProperty(keyword.Value.GetString()!["#/$defs/".Length..]), value) is null,
                "type" => IsOfType(value, keyword.Value.GetString()!),
                "const" => JsonElement.DeepEquals(keyword.Value, value),
                "enum" => keyword.Value.EnumerateArray().Any(word => JsonElement.DeepEquals(word, value)),
                "minimum" => value.ValueKind == JsonValueKind.Number && value.GetDouble() >= keyword.Value.GetDouble(),
                "pattern" => Regex.IsMatch(value.GetString()!, keyword.Value.GetString()!),
                "required" => keyword.Value.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _)),
                "properties" => keyword.Value.EnumerateObject().All(property => !value.TryGetProperty(property.Name, out var field) || Fault(property.Value, field) is null),
                "items" => value.EnumerateArray().All(item => Fault(keyword.Value, item) is null),
                "oneOf" => keyword.Value.EnumerateArray().Count(choice => Fault(choice, value) is null) == 1,
                _ => throw new NotSupportedException($"The test does not know the keyword '{keyword.Name}'."),
            };
            if (!fits)
                return $"{keyword.Name} {keyword.Value}";
        }

        return null;
    }

    private static bool IsOfType(JsonElement value, string type) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        _ => throw new NotSupportedException(type),
    };
}
