using System.Text.Json;
using System.Text.Json.Nodes;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Upstream;

/// <summary>The call that the demo makes when the question mentions <c>weather</c> or <c>tool</c> and a tool is declared.</summary>
internal static class DemoToolCall
{
    /// <summary>
    /// A tool whose name the question mentions; else, for <c>weather</c>, one with that word in its name; else, for <c>tool</c>, the first. Null if none fits.
    /// </summary>
    public static ToolCallPart? Choose(IReadOnlyList<ToolDeclaration> tools, string question)
    {
        var weather = question.Contains("weather", StringComparison.OrdinalIgnoreCase);
        var any = question.Contains("tool", StringComparison.OrdinalIgnoreCase);
        if (!weather && !any)
            return null;

        var tool = tools.FirstOrDefault(tool => question.Contains(tool.Name, StringComparison.OrdinalIgnoreCase))
            ?? (weather ? tools.FirstOrDefault(static tool => tool.Name.Contains("weather", StringComparison.OrdinalIgnoreCase)) : null)
            ?? (any && tools.Count > 0 ? tools[0] : null);
        return tool is null ? null : new($"call_demo_{tool.Name}", tool.Name, Arguments(tool.Parameters).ToJsonString());
    }

    private static JsonObject Arguments(string? schema)
    {
        var arguments = new JsonObject();
        try
        {
            if (schema is null || JsonNode.Parse(schema) is not JsonObject { } root || root["properties"] is not JsonObject properties)
                return arguments;

            foreach (var (name, property) in properties)
                arguments[name] = Value(property as JsonObject);
        }
        catch (Exception thrown) when (thrown is JsonException or ArgumentException)
        {
            // A schema that cannot be read is the tool's own trouble: it is asked without arguments.
        }

        return arguments;
    }

    private static JsonNode? Value(JsonObject? property)
    {
        if (property?["enum"] is JsonArray { Count: > 0 } words)
            return words[0]?.DeepClone();

        return property?["type"]?.ToString() switch
        {
            "integer" or "number" => JsonValue.Create(1),
            "boolean" => JsonValue.Create(true),
            "array" => new JsonArray(),
            "object" => new JsonObject(),
            _ => JsonValue.Create("Paris"),
        };
    }
}
