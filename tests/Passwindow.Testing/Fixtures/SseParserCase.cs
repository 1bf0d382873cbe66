using System.Text.Json;

namespace Passwindow.Testing.Fixtures;

/// <summary>One case of <c>sse-parser-cases.json</c>: what is read from the wire, and what a reader must make of it.</summary>
public sealed record SseParserCase(
    string Name, IReadOnlyList<byte[]> Chunks, IReadOnlyList<SseParserEvent> Expected, string LastEventId, long? Retry)
{
    /// <summary>All cases by name.</summary>
    public static IReadOnlyDictionary<string, SseParserCase> All { get; } =
        JsonSerializer.Deserialize<SseParserCase[]>(File.ReadAllBytes(FixtureFolder.PathOf("sse-parser-cases.json")), JsonSerializerOptions.Web)!
            .ToDictionary(one => one.Name);
}

/// <summary>An event as the standard dispatches it.</summary>
/// <param name="Event">The type; <c>message</c> where the stream names none.</param>
/// <param name="Data">The data.</param>
/// <param name="Id">The last event ID string at dispatch.</param>
public sealed record SseParserEvent(string Event, string Data, string Id);
