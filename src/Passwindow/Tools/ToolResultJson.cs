using System.Text.Json;
using Microsoft.Extensions.AI;
using Passwindow.Protocol;

namespace Passwindow.Tools;

/// <summary>What a tool gave, as JSON.</summary>
internal static class ToolResultJson
{
    // The shared options write for people, with line breaks.
    private static readonly JsonSerializerOptions Plain = new(AIJsonUtilities.DefaultOptions) { WriteIndented = false };

    /// <exception cref="ToolException">It is too large, nested too deep, or cannot be written.</exception>
    public static ReadOnlyMemory<byte> Write(object? result)
    {
        byte[] json;
        try
        {
            json = result is null ? "null"u8.ToArray() : JsonSerializer.SerializeToUtf8Bytes(result, Plain.GetTypeInfo(result.GetType()));
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException)
        {
            throw new ToolException("The tool's result cannot be written as JSON.", e);
        }

        if (json.Length > ToolLimits.MaxResultBytes)
            throw new ToolException($"The tool's result is too large: {json.Length} bytes, at most {ToolLimits.MaxResultBytes} are taken. Ask for less.");
        if (!JsonDepth.IsWithin(json, EventWriter.MaxDepth))
            throw new ToolException("The tool's result is nested too deep.");
        return json;
    }
}
