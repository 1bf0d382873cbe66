using System.Text.Json;

namespace Passwindow.Tools;

/// <content>The keywords that look at one value alone.</content>
internal sealed partial class ToolSchema
{
    private static string? CheckValue(JsonElement schema, JsonElement value, string path)
    {
        if (schema.TryGetProperty("type", out var type) && !HasType(type, value))
            return Say(path, $"must be of type {type.ToString()}");
        if (Try(schema, "enum", JsonValueKind.Array, out var words) && !words.EnumerateArray().Any(word => JsonElement.DeepEquals(word, value)))
            return Say(path, $"must be one of {Short(words.ToString())}");
        if (schema.TryGetProperty("const", out var constant) && !JsonElement.DeepEquals(constant, value))
            return Say(path, $"must be {Short(constant.ToString())}");
        return value.ValueKind switch
        {
            JsonValueKind.Number => CheckNumber(schema, value, path),

            // JSON Schema Validation, section 6.3.1: characters are those of RFC 8259, code points and not UTF-16 units.
            JsonValueKind.String => CheckCount(schema, "minLength", "maxLength", value.GetString()!.EnumerateRunes().Count(), path, "characters"),
            JsonValueKind.Array => CheckCount(schema, "minItems", "maxItems", value.GetArrayLength(), path, "items"),
            _ => null,
        };
    }

    private static bool HasType(JsonElement type, JsonElement value) => type.ValueKind switch
    {
        JsonValueKind.Array => type.EnumerateArray().Any(each => HasType(each, value)),
        JsonValueKind.String => type.GetString() switch
        {
            "object" => value.ValueKind == JsonValueKind.Object,
            "array" => value.ValueKind == JsonValueKind.Array,
            "string" => value.ValueKind == JsonValueKind.String,
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "null" => value.ValueKind == JsonValueKind.Null,
            "number" => value.ValueKind == JsonValueKind.Number,

            // Section 6.1.1: 1.0 is an integer.
            "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && Math.Floor(number) == number && double.IsFinite(number),
            _ => true,
        },
        _ => true,
    };

    private static string? CheckNumber(JsonElement schema, JsonElement value, string path)
    {
        double number = value.GetDouble();
        if (Limit(schema, "minimum") is { } least && number < least)
            return Say(path, $"must be at least {least:R}");
        if (Limit(schema, "maximum") is { } most && number > most)
            return Say(path, $"must be at most {most:R}");
        if (Limit(schema, "exclusiveMinimum") is { } above && number <= above)
            return Say(path, $"must be more than {above:R}");
        if (Limit(schema, "exclusiveMaximum") is { } below && number >= below)
            return Say(path, $"must be less than {below:R}");
        return null;
    }

    private static string? CheckCount(JsonElement schema, string least, string most, int count, string path, string what)
    {
        if (Limit(schema, least) is { } min && count < min)
            return Say(path, $"must have at least {min:R} {what}");
        if (Limit(schema, most) is { } max && count > max)
            return Say(path, $"must have at most {max:R} {what}");
        return null;
    }

    private static double? Limit(JsonElement schema, string keyword) => Try(schema, keyword, JsonValueKind.Number, out var limit) ? limit.GetDouble() : null;
}
