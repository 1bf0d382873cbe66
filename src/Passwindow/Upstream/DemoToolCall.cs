using System.Text.Json;
using System.Text.Json.Nodes;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Upstream;

/// <summary>The call that the demo makes when the question mentions <c>weather</c>, <c>clock</c>, <c>tool</c> or a theme, and a tool for it is declared.</summary>
internal static class DemoToolCall
{
    /// <summary>The action that makes the page dark or light.</summary>
    public const string Theme = "set_theme";

    /// <summary>
    /// For <c>dark</c> and <c>light</c>, <see cref="Theme"/>; else a tool whose name the question mentions; else, for <c>weather</c> and <c>clock</c>, one with
    /// that word in its name; else, for <c>tool</c>, the first. Null if none fits.
    /// </summary>
    public static ToolCallPart? Choose(IReadOnlyList<ToolDeclaration> tools, string question)
    {
        if (ThemeOf(question) is { } theme && tools.Any(static tool => tool.Name == Theme))
            return new($"call_demo_{Theme}", Theme, new JsonObject { ["theme"] = theme }.ToJsonString());

        var subject = Mentioned(question, "weather") ?? Mentioned(question, "clock");
        var any = question.Contains("tool", StringComparison.OrdinalIgnoreCase);
        if (subject is null && !any)
            return null;

        var tool = tools.FirstOrDefault(tool => question.Contains(tool.Name, StringComparison.OrdinalIgnoreCase))
            ?? (subject is not null ? tools.FirstOrDefault(tool => tool.Name.Contains(subject, StringComparison.OrdinalIgnoreCase)) : null)
            ?? (any && tools.Count > 0 ? tools[0] : null);
        return tool is null ? null : new($"call_demo_{tool.Name}", tool.Name, Arguments(tool.Parameters).ToJsonString());
    }

    // As a word: "delight" asks for no theme.
    private static string? ThemeOf(string question)
    {
        var words = string.Concat(question.Select(static c => char.IsLetter(c) ? c : ' ')).Split(' ');
        return Array.Find(["dark", "light"], theme => words.Contains(theme, StringComparer.OrdinalIgnoreCase));
    }

    private static string? Mentioned(string question, string word) => question.Contains(word, StringComparison.OrdinalIgnoreCase) ? word : null;

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
