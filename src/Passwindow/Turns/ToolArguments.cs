using System.Text.Json;
using Passwindow.Protocol;

namespace Passwindow.Turns;

/// <summary>What a model wrote as a call's arguments: it may be anything.</summary>
internal static class ToolArguments
{
    // An argument that is given twice says nothing certain (RFC 8259, section 4), and what an event cannot hold is not taken.
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = EventWriter.MaxDepth, AllowDuplicateProperties = false };

    /// <summary>Whether the model wrote nothing, or <c>null</c>: it means an empty object.</summary>
    public static bool IsNothing(ReadOnlySpan<byte> written) => written.IsEmpty || written.SequenceEqual("null"u8);

    /// <summary>Reads one JSON object, whole.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> written, out JsonElement arguments)
    {
        arguments = default;
        try
        {
            using var document = JsonDocument.Parse(written, Options);
            arguments = document.RootElement.Clone();
            return arguments.ValueKind == JsonValueKind.Object;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false; // the second: half of a surrogate pair in a name
        }
    }
}
