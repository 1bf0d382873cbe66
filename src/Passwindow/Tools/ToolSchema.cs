using System.Text.Json;

namespace Passwindow.Tools;

/// <summary>
/// Checks a call's arguments against the tool's JSON Schema.
/// By hand, because JsonSchema.Net 9.7.0 could not be restored: its dependency JsonPointer.Net was not available.
/// It knows the keywords that tools are described with: <c>type</c>, <c>enum</c>, <c>const</c>,
/// <c>properties</c>, <c>required</c>, <c>additionalProperties</c>, <c>items</c>, <c>minItems</c>, <c>maxItems</c>, <c>minLength</c>,
/// <c>maxLength</c>, <c>minimum</c>, <c>maximum</c>, <c>exclusiveMinimum</c>, <c>exclusiveMaximum</c>, <c>anyOf</c>, <c>oneOf</c>,
/// <c>allOf</c> and local <c>$ref</c>. Others are not checked, <c>pattern</c> and <c>format</c> among them: a foreign pattern can take for ever.
/// </summary>
internal sealed partial class ToolSchema
{
    /// <summary>How deep references may lead: one that leads to itself ends here.</summary>
    private const int MaxDepth = 256;

    private readonly JsonElement _root;
    private readonly bool _isClosed;

    private ToolSchema(JsonElement root, bool isClosed)
    {
        _root = root;
        _isClosed = isClosed;
    }

    /// <param name="schema">The schema; null, or one that is no JSON object, lets any object pass.</param>
    /// <param name="isClosed">Whether properties that it does not declare are refused whatever it says.</param>
    public static ToolSchema Read(string? schema, bool isClosed)
    {
        try
        {
            return new(schema is null ? default : JsonElement.Parse(schema), isClosed);
        }
        catch (JsonException)
        {
            return new(default, isClosed);
        }
    }

    /// <summary>What is wrong with the arguments, in words for the model; null if nothing is.</summary>
    public string? Check(JsonElement arguments)
    {
        try
        {
            if (_isClosed && Undeclared(arguments) is { } name)
                return $"There is no argument {Short(name)}.";
            return Check(_root, arguments, "", 0);
        }
        catch (InvalidOperationException)
        {
            return "A text in the arguments holds half of a surrogate pair.";
        }
    }

    private string? Undeclared(JsonElement arguments)
    {
        bool declares = Try(_root, "properties", JsonValueKind.Object, out var properties);
        return arguments.EnumerateObject().Select(static field => field.Name).FirstOrDefault(name => !declares || !properties.TryGetProperty(name, out _));
    }

    private string? Check(JsonElement schema, JsonElement value, string path, int depth)
    {
        if (schema.ValueKind == JsonValueKind.False)
            return Say(path, "must not be there");
        if (schema.ValueKind != JsonValueKind.Object || depth > MaxDepth)
            return null;
        return Reference(schema, value, path, depth)
            ?? CheckValue(schema, value, path)
            ?? Combined(schema, value, path, depth)
            ?? value.ValueKind switch
            {
                JsonValueKind.Object => CheckObject(schema, value, path, depth),
                JsonValueKind.Array => CheckArray(schema, value, path, depth),
                _ => null,
            };
    }

    private string? Reference(JsonElement schema, JsonElement value, string path, int depth)
    {
        if (!Try(schema, "$ref", JsonValueKind.String, out var reference) || reference.GetString() is not ['#', .. var pointer])
            return null;
        var target = _root;
        foreach (string step in pointer.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            // RFC 6901, section 4: ~1 before ~0.
            string name = step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (target.ValueKind != JsonValueKind.Object || !target.TryGetProperty(name, out target))
                return null;
        }

        return Check(target, value, path, depth + 1);
    }

    private string? Combined(JsonElement schema, JsonElement value, string path, int depth)
    {
        if (Try(schema, "allOf", JsonValueKind.Array, out var all)
            && all.EnumerateArray().Select(each => Check(each, value, path, depth + 1)).FirstOrDefault(static wrong => wrong is not null) is { } problem)
            return problem;
        if (Try(schema, "anyOf", JsonValueKind.Array, out var any) && any.EnumerateArray().All(each => Check(each, value, path, depth + 1) is not null))
            return Say(path, "fits none of the forms it may have");
        if (Try(schema, "oneOf", JsonValueKind.Array, out var one) && one.EnumerateArray().Count(each => Check(each, value, path, depth + 1) is null) != 1)
            return Say(path, "must fit exactly one of the forms it may have");
        return null;
    }

    private string? CheckObject(JsonElement schema, JsonElement value, string path, int depth)
    {
        if (Try(schema, "required", JsonValueKind.Array, out var required))
        {
            foreach (var name in required.EnumerateArray())
            {
                if (name.ValueKind == JsonValueKind.String && !value.TryGetProperty(name.GetString()!, out _))
                    return Say(Join(path, name.GetString()!), "is missing");
            }
        }

        bool declares = Try(schema, "properties", JsonValueKind.Object, out var properties);
        bool hasRest = schema.TryGetProperty("additionalProperties", out var rest);
        foreach (var field in value.EnumerateObject())
        {
            bool known = declares && properties.TryGetProperty(field.Name, out _);
            var expected = known ? properties.GetProperty(field.Name) : hasRest ? rest : default;
            if (Check(expected, field.Value, Join(path, field.Name), depth + 1) is { } wrong)
                return wrong;
        }

        return null;
    }

    private string? CheckArray(JsonElement schema, JsonElement value, string path, int depth)
    {
        if (!schema.TryGetProperty("items", out var items))
            return null;
        int index = 0;
        foreach (var item in value.EnumerateArray())
        {
            if (Check(items, item, $"{path}[{index++}]", depth + 1) is { } wrong)
                return wrong;
        }

        return null;
    }

    private static bool Try(JsonElement schema, string keyword, JsonValueKind kind, out JsonElement value)
    {
        value = default;
        return schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty(keyword, out value) && value.ValueKind == kind;
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static string Say(string path, string what) => $"{(path.Length == 0 ? "The arguments" : Short(path))}: {what}.";

    private static string Short(string text) => text.Length <= 200 ? text : text[..200] + "…";
}
