using System.Text.Json;

namespace Passwindow.Turns;

/// <summary>What a model wrote as a call's arguments: it may be anything.</summary>
internal static class ToolArguments
{
    /// <summary>Whether it is one JSON object, whole.</summary>
    public static bool IsObject(ReadOnlySpan<byte> arguments)
    {
        var reader = new Utf8JsonReader(arguments);
        try
        {
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject && reader.TrySkip() && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
