using System.Text.Json;

namespace Passwindow.Testing.Fixtures;

/// <summary>One recorded answer of a provider: the body as it came, and what a reader must end up with (<c>fixtures/upstream/INDEX.md</c>).</summary>
/// <param name="Api"><c>chat-completions</c>, <c>anthropic-messages</c> or <c>responses</c>.</param>
/// <param name="Name">The recording's name, unique within the API.</param>
public sealed record UpstreamRecording(string Api, string Name)
{
    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The names of an API's recordings.</summary>
    public static IEnumerable<string> NamesOf(string api) =>
        Directory.EnumerateFiles(FixtureFolder.PathOf("upstream", api), "*.sse").Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal);

    /// <summary>The response body.</summary>
    public byte[] Body => File.ReadAllBytes(FixtureFolder.PathOf("upstream", Api, Name + ".sse"));

    /// <summary>What must come of it.</summary>
    public ExpectedOutcome Expected =>
        JsonSerializer.Deserialize<ExpectedOutcome>(File.ReadAllBytes(FixtureFolder.PathOf("upstream", Api, Name + ".expected.json")), SnakeCase)!;
}

/// <summary>
/// What a consumer must end up with. <c>FinishReason</c> is the provider's own word, null if it said none; <c>Citations</c> is the number of
/// sources, null where nobody counted.
/// </summary>
public sealed record ExpectedOutcome(
    string Text,
    string Reasoning,
    string? Refusal,
    IReadOnlyList<ExpectedToolCall> ToolCalls,
    string? FinishReason,
    ExpectedUsage? UsageNormalised,
    ExpectedError? Error,
    int? Citations);

/// <summary>A call; the arguments are the raw text, <c>""</c> where the model wrote none.</summary>
public sealed record ExpectedToolCall(string Id, string Name, string Arguments);

/// <summary>Counts; null where the provider said nothing, which some references report as 0.</summary>
public sealed record ExpectedUsage(long? Input, long? Output, long? Reasoning, long? CachedInput);

/// <summary>
/// A failure. <c>Kind</c> is <c>upstream-error</c> (reported within the stream), <c>incomplete</c> (ended without a finish) or <c>malformed</c>.
/// </summary>
public sealed record ExpectedError(string Kind, string? Message);
