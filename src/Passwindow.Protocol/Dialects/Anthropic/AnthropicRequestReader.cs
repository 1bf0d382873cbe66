using Passwindow.Protocol.Upstream;

namespace Passwindow.Protocol.Dialects.Anthropic;

/// <summary>
/// Reads the body of <c>POST /v1/messages</c>. What a client would miss in the answer if it were skipped is refused; every other field that
/// is not read here goes to an upstream of the same API as it is.
/// </summary>
public static class AnthropicRequestReader
{
    private const int MaxTools = 128;
    private const int MaxToolName = 128; // providers differ in what they take: the one that is asked is the judge
    private const int MaxStops = 64;

    private static readonly string[] OurOwn = ["model", "max_tokens", "system", "messages", "tools", "stream", "store"];

    /// <exception cref="RequestException">It is not what the API asks for, or asks for what is not served here.</exception>
    public static AnthropicRequest Read(ReadOnlyMemory<byte> body) => RequestFields.ReadBody(body, Read);

    private static AnthropicRequest Read(RequestFields body)
    {
        string model = body.RequiredText("model");
        int most = body.Count("max_tokens") ?? throw body.Wrong("max_tokens", "is missing.");
        foreach (string unserved in new[] { "mcp_servers", "container" })
        {
            if (body.Find(unserved) is not null)
                throw body.Wrong(unserved, "is not served here.");
        }

        var messages = AnthropicMessagesReader.Read(body);
        return new AnthropicRequest(
            new HistoryRequest(messages) { Model = model, Tools = [.. Tools(body)], Options = Options(body, most) },
            body.Flag("stream") ?? false);
    }

    private static IEnumerable<ToolDeclaration> Tools(RequestFields body)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tool in body.Objects("tools"))
        {
            if (tool.Text("type") is not (null or "custom"))
                throw tool.Wrong("type", "must be custom: tools that the provider runs are not served here.");
            string name = tool.RequiredText("name");
            if (name.Length is 0 or > MaxToolName || name.Any(static c => c is <= ' ' or > '~'))
                throw tool.Wrong("name", $"must be 1 to {MaxToolName} visible ASCII characters.");
            if (!names.Add(name))
                throw tool.Wrong("name", $"declares the tool {name} a second time.");
            if (names.Count > MaxTools)
                throw body.Wrong("tools", $"may hold at most {MaxTools}.");
            var schema = tool.Object("input_schema") ?? throw tool.Wrong("input_schema", "is missing.");
            yield return new ToolDeclaration(name, tool.Text("description"), schema.Json.GetRawText()) { IsStrict = tool.Flag("strict") };
        }
    }

    private static SamplingOptions Options(RequestFields body, int most)
    {
        var choice = body.Object("tool_choice");
        return new SamplingOptions
        {
            MaxOutputTokens = most,
            Temperature = body.Number("temperature", 0, 1),
            TopP = body.Number("top_p", 0, 1),
            Stop = body.Texts("stop_sequences") is { Count: <= MaxStops } stop ? stop : throw body.Wrong("stop_sequences", $"may hold at most {MaxStops} texts."),
            ToolChoice = choice is { } given ? Choice(given) : null,
            ParallelToolCalls = choice?.Flag("disable_parallel_tool_use") is { } disabled ? !disabled : null,
            Native = new NativeOptions(UpstreamApi.Anthropic.Name, body.Except(OurOwn)),
        };
    }

    private static ToolChoice Choice(RequestFields choice) => choice.RequiredText("type") switch
    {
        "auto" => new ToolChoice(ToolChoiceKind.Auto),
        "none" => new ToolChoice(ToolChoiceKind.None),
        "any" => new ToolChoice(ToolChoiceKind.Any),
        "tool" => new ToolChoice(ToolChoiceKind.One, choice.RequiredText("name")),
        _ => throw choice.Wrong("type", "must be auto, any, tool or none."),
    };
}
