using System.Text.Json;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Protocol.Dialects.OpenAIResponses;

/// <summary>
/// Reads the body of <c>POST /v1/responses</c>. Fields that have no meaning here go to an upstream of the same API as they are, and are skipped for others.
/// </summary>
public static class OpenAIResponsesRequestReader
{
    private const int MaxTools = 128;
    private const int MaxToolName = 128; // providers differ in what they take: the one that is asked is the judge
    private const int MaxMetadataBytes = 16 * 1024;

    /// <summary>Reads it.</summary>
    /// <param name="body">The body.</param>
    /// <param name="items">The items of earlier responses that the input names by their ids (<see cref="OpenAIResponsesRequest.References"/>), once they are known; null before.</param>
    /// <exception cref="RequestException">It is not what the API asks for.</exception>
    public static OpenAIResponsesRequest Read(ReadOnlyMemory<byte> body, IReadOnlyDictionary<string, JsonElement>? items = null) =>
        RequestFields.ReadBody(body, fields => Read(fields, items));

    private static OpenAIResponsesRequest Read(RequestFields body, IReadOnlyDictionary<string, JsonElement>? items)
    {
        RefuseUnknown(body);
        var input = new ResponseInputReader(items);
        input.Read(body);
        var (tools, hosted) = Tools(body);
        var request = body.Json.Clone();
        return new OpenAIResponsesRequest(new HistoryRequest(input.Messages)
        {
            Model = body.Text("model"),
            Tools = tools,
            Options = Options(body, request, isHosted: hosted.Count > 0),
            Metadata = ResponseEcho.Keep(request),
        })
        {
            Instructions = body.Text("instructions"),
            PreviousResponse = body.Text("previous_response_id"),
            Conversation = Conversation(body),
            Stream = body.Flag("stream") ?? false,
            IsBackground = body.Flag("background") ?? false,
            Store = body.Flag("store"),
            HostedTools = hosted,
            References = input.References,
        };
    }

    private static void RefuseUnknown(RequestFields body)
    {
        if (body.Find("prompt") is not null)
            throw body.Wrong("prompt", "names a template that is kept at the provider: send its text instead.");
        if (body.Find("previous_response_id") is not null && body.Find("conversation") is not null)
            throw body.Wrong("conversation", "and previous_response_id cannot be given together.");
        if (body.Flag("background") == true && body.Flag("store") == false)
            throw body.Wrong("background", "needs store: a response that is not kept could not be asked for.");
        _ = body.Kept("metadata", MaxMetadataBytes);
        _ = body.Texts("include");
    }

    private static string? Conversation(RequestFields body) => body.Find("conversation") is not { } given ? null
        : given.ValueKind == JsonValueKind.Object ? body.Object("conversation")!.Value.RequiredText("id") : body.Text("conversation");

    private static SamplingOptions Options(RequestFields body, JsonElement request, bool isHosted) => new()
    {
        MaxOutputTokens = body.Count("max_output_tokens"),
        Temperature = body.Number("temperature", 0, 2),
        TopP = body.Number("top_p", 0, 1),
        ParallelToolCalls = body.Flag("parallel_tool_calls"),
        ReasoningEffort = body.Object("reasoning")?.Text("effort"),
        ToolChoice = Choice(body, isHosted),
        AnswerSchema = Schema(body),
        Native = new NativeOptions(UpstreamApi.OpenAIResponses.Name, request),
    };

    private static ToolChoice? Choice(RequestFields body, bool isHosted)
    {
        if (body.Find("tool_choice") is not { } choice)
            return null;
        if (choice.ValueKind == JsonValueKind.Object && body.Object("tool_choice") is { } one)
        {
            if (one.Text("type") == "function")
                return new ToolChoice(ToolChoiceKind.One, one.RequiredText("name"));
            return isHosted ? null : throw body.Wrong("tool_choice", "must be none, auto, required or a function.");
        }

        return body.Text("tool_choice") switch
        {
            "none" => new ToolChoice(ToolChoiceKind.None),
            "required" => new ToolChoice(ToolChoiceKind.Any),
            "auto" => new ToolChoice(ToolChoiceKind.Auto),
            _ => throw body.Wrong("tool_choice", "must be none, auto, required or a function."),
        };
    }

    /// <summary>The schema of the answer without the word that says that it is one.</summary>
    private static JsonElement? Schema(RequestFields body)
    {
        if (body.Object("text")?.Object("format") is not { } format || format.Text("type") != "json_schema")
            return null;
        _ = format.RequiredText("name");
        _ = format.Object("schema") ?? throw format.Wrong("schema", "is missing.");
        var members = format.Json.EnumerateObject().Where(static member => member.Name != "type").ToDictionary(static member => member.Name, static member => member.Value);
        return JsonSerializer.SerializeToElement(members, ResponseStrings.Default.DictionaryStringJsonElement);
    }

    private static (IReadOnlyList<ToolDeclaration> Tools, IReadOnlyList<string> Hosted) Tools(RequestFields body)
    {
        var tools = new List<ToolDeclaration>();
        var hosted = new List<string>();
        foreach (var tool in body.Objects("tools"))
        {
            string type = tool.RequiredText("type");
            if (type != "function")
            {
                hosted.Add(type);
                continue;
            }

            string name = tool.RequiredText("name");
            if (name.Length is 0 or > MaxToolName || name.Any(static c => c is <= ' ' or > '~'))
                throw tool.Wrong("name", $"must be 1 to {MaxToolName} visible ASCII characters.");
            if (tools.Any(other => other.Name == name))
                throw tool.Wrong("name", "is declared twice.");
            tools.Add(new ToolDeclaration(name, tool.Text("description"), tool.Object("parameters")?.Json.GetRawText()) { IsStrict = tool.Flag("strict") });
        }

        return tools.Count + hosted.Count <= MaxTools ? (tools, hosted) : throw body.Wrong("tools", $"may hold at most {MaxTools}.");
    }
}
