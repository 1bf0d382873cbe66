namespace Passwindow.Testing.Dialects;

/// <summary>One dialect as its clients hear it.</summary>
/// <param name="Name">The word in <c>?dialect=</c>.</param>
/// <param name="Decode">Reads a whole response, strictly.</param>
/// <param name="Left">What is left of a turn in this dialect; the other argument says whether a tool is the client's.</param>
/// <param name="Losses">What is not, in words: the first column of the dialect's table in <c>docs/dialects.md</c>.</param>
public sealed record Spoken(string Name, Func<IEnumerable<StreamEvent>, Told> Decode, Func<Told, Func<string, bool>, Told> Left, IReadOnlyList<string> Losses)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Spoken> All { get; } = [.. Known.Where(static spoken => Passwindow.Protocol.Dialects.Dialect.Find(spoken.Name) is not null)];

    private static IEnumerable<Spoken> Known =>
    [
        new("native", NativeDecoder.Decode, static (truth, _) => truth, []),
        new("data", static frames => NativeDecoder.Decode(frames.Skip(1)), static (truth, _) => truth, []),
        new("keyed", KeyedDecoder.Decode, KeyedDecoder.Left, KeyedDecoder.Losses),
        new("text", TextDecoder.Decode, TextDecoder.Left, TextDecoder.Losses),
        new("openai", OpenAIDecoder.Decode, OpenAIDecoder.Left, OpenAIDecoder.Losses),
        new("openai-responses", OpenAIResponsesDecoder.Decode, OpenAIResponsesDecoder.Left, OpenAIResponsesDecoder.Losses),
        new("anthropic", AnthropicDecoder.Decode, AnthropicDecoder.Left, AnthropicDecoder.Losses),
        new("durable-streams", DurableStreamsDecoder.Decode, static (truth, _) => truth, []),
        new("ui-message", UIMessageDecoder.Decode, UIMessageDecoder.Left, UIMessageDecoder.Losses),
        new("ag-ui", AgUiDecoder.Decode, AgUiDecoder.Left, AgUiDecoder.Losses),
    ];
}
