using System.Text.Json;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Protocol.Dialects.OpenAIChat;

/// <summary>
/// Reads the body of <c>POST /v1/chat/completions</c>. What a client would miss in the answer if it were skipped is refused; every other
/// field that is not read here goes to an upstream of the same API as it is.
/// </summary>
public static class OpenAIChatRequestReader
{
    private const int MaxTools = 128;
    private const int MaxToolName = 128; // providers differ in what they take: the one that is asked is the judge
    private const int MaxStops = 64;
    private const int MaxMetadataBytes = 16 * 1024;

    private static readonly string[] OurOwn =
        ["model", "messages", "tools", "stream", "stream_options", "n", "store", "metadata", "logprobs", "top_logprobs", "modalities", "audio", "functions", "function_call"];

    /// <exception cref="RequestException">It is not what the API asks for, or asks for what is not served here.</exception>
    public static OpenAIChatRequest Read(ReadOnlyMemory<byte> body) => RequestFields.ReadBody(body, Read);

    private static OpenAIChatRequest Read(RequestFields body)
    {
        RefuseUnserved(body);
        bool isStream = body.Flag("stream") ?? false;
        var streaming = body.Object("stream_options");
        if (streaming is not null && !isStream)
            throw body.Wrong("stream_options", "is for streams only: set stream to true.");
        var messages = OpenAIChatMessagesReader.Read(body);
        var given = new HistoryRequest(messages)
        {
            Model = body.Text("model"),
            Tools = [.. Tools(body)],
            Options = Options(body),
            Metadata = body.Kept("metadata", MaxMetadataBytes),
        };
        return new OpenAIChatRequest(given, isStream, streaming?.Flag("include_usage") ?? false, body.Flag("store") ?? false);
    }

    private static void RefuseUnserved(RequestFields body)
    {
        if ((body.Count("n") ?? 1) > 1)
            throw body.Wrong("n", "must be 1: one answer is given.");
        if (body.Flag("logprobs") == true || body.Find("top_logprobs") is not null)
            throw body.Wrong(body.Find("top_logprobs") is null ? "logprobs" : "top_logprobs", "is not served here.");
        if (body.Texts("modalities").Any(static modality => modality != "text"))
            throw body.Wrong("modalities", "may hold text alone.");
        foreach (string unserved in new[] { "audio", "functions", "function_call" })
        {
            if (body.Find(unserved) is not null)
                throw body.Wrong(unserved, unserved == "audio" ? "is not served here." : "is not served here: use tools.");
        }
    }

    private static IEnumerable<ToolDeclaration> Tools(RequestFields body)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tool in body.Objects("tools"))
        {
            if (tool.RequiredText("type") != "function")
                throw tool.Wrong("type", "must be function.");
            var function = tool.Object("function") ?? throw tool.Wrong("function", "is missing.");
            string name = function.RequiredText("name");
            if (name.Length is 0 or > MaxToolName || name.Any(static c => c is <= ' ' or > '~'))
                throw function.Wrong("name", $"must be 1 to {MaxToolName} visible ASCII characters.");
            if (!names.Add(name))
                throw function.Wrong("name", $"declares the tool {name} a second time.");
            if (names.Count > MaxTools)
                throw body.Wrong("tools", $"may hold at most {MaxTools}.");
            yield return new ToolDeclaration(name, function.Text("description"), function.Object("parameters")?.Json.GetRawText()) { IsStrict = function.Flag("strict") };
        }
    }

    private static SamplingOptions Options(RequestFields body) => new()
    {
        MaxOutputTokens = body.Count("max_completion_tokens") ?? body.Count("max_tokens"),
        Temperature = body.Number("temperature", 0, 2),
        TopP = body.Number("top_p", 0, 1),
        Stop = body.Texts("stop") is { Count: <= MaxStops } stop ? stop : throw body.Wrong("stop", $"may hold at most {MaxStops} texts."),
        ToolChoice = Choice(body),
        ParallelToolCalls = body.Flag("parallel_tool_calls"),
        ReasoningEffort = body.Text("reasoning_effort"),
        AnswerSchema = body.Object("response_format")?.Object("json_schema")?.Json.Clone(),
        Native = new NativeOptions(UpstreamApi.OpenAIChat.Name, body.Except(OurOwn)),
    };

    private static ToolChoice? Choice(RequestFields body)
    {
        if (body.Find("tool_choice") is not { } choice)
            return null;
        if (choice.ValueKind == JsonValueKind.String)
        {
            return choice.GetString() switch
            {
                "none" => new ToolChoice(ToolChoiceKind.None),
                "auto" => new ToolChoice(ToolChoiceKind.Auto),
                "required" => new ToolChoice(ToolChoiceKind.Any),
                _ => throw body.Wrong("tool_choice", "must be none, auto, required or an object that names a function."),
            };
        }

        var given = body.Object("tool_choice")!.Value;
        return given.RequiredText("type") switch
        {
            "function" => new ToolChoice(ToolChoiceKind.One, given.Object("function")?.Text("name") ?? throw given.Wrong("function.name", "is missing.")),
            "allowed_tools" => null, // for an upstream of the same API, which gets it as it stands
            _ => throw given.Wrong("type", "must be function or allowed_tools."),
        };
    }
}
