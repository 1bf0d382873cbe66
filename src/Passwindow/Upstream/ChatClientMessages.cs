using System.Text.Json;
using Microsoft.Extensions.AI;
using Passwindow.Protocol.Upstream;
using Client = Microsoft.Extensions.AI;
using Ours = Passwindow.Protocol.Upstream;

namespace Passwindow.Upstream;

/// <summary>A question in the words of Microsoft.Extensions.AI.</summary>
internal static class ChatClientMessages
{
    private static readonly JsonElement NoParameters = JsonElement.Parse("""{"type":"object","properties":{}}""");

    /// <summary>The conversation.</summary>
    public static List<Client.ChatMessage> Messages(ChatRequest request) =>
        [.. request.Messages.Select(static message => new Client.ChatMessage(Role(message.Role), [.. message.Parts.Select(Content).OfType<AIContent>()]))];

    /// <summary>Model, limit and tools. The tools are declarations without a body: the turn runs them, not the client.</summary>
    public static ChatOptions Options(ChatRequest request) => new()
    {
        ModelId = request.Model.Length == 0 ? null : request.Model,
        MaxOutputTokens = request.Options.MaxOutputTokens,
        Temperature = (float?)request.Options.Temperature,
        TopP = (float?)request.Options.TopP,
        StopSequences = request.Options.Stop.Count == 0 ? null : [.. request.Options.Stop],
        AllowMultipleToolCalls = request.Tools.Count == 0 ? null : request.Options.ParallelToolCalls,
        ToolMode = request.Tools.Count == 0 ? null : Mode(request.Options.ToolChoice),
        Tools = request.Tools.Count == 0
            ? null
            : [.. request.Tools.Select(static tool => AIFunctionFactory.CreateDeclaration(tool.Name, tool.Description, Json(tool.Parameters) ?? NoParameters))],
    };

    private static ChatToolMode? Mode(ToolChoice? choice) => choice switch
    {
        null => null,
        { Kind: ToolChoiceKind.None } => ChatToolMode.None,
        { Kind: ToolChoiceKind.Any } => ChatToolMode.RequireAny,
        { Kind: ToolChoiceKind.One, Name: { } name } => ChatToolMode.RequireSpecific(name),
        _ => ChatToolMode.Auto,
    };

    private static Client.ChatRole Role(Ours.ChatRole role) => role switch
    {
        Ours.ChatRole.System => Client.ChatRole.System,
        Ours.ChatRole.Assistant => Client.ChatRole.Assistant,
        Ours.ChatRole.Tool => Client.ChatRole.Tool,
        _ => Client.ChatRole.User,
    };

    private static AIContent? Content(MessagePart part) => part switch
    {
        TextPart text => new TextContent(text.Text),
        ImagePart image => DataUrl.TryRead(image.Url, out _, out _) ? new DataContent(image.Url) : new UriContent(image.Url, "image/*"),

        // Providers refuse thinking that they cannot verify.
        ReasoningPart { Signature: null, Redacted: null } => null,
        ReasoningPart reasoning => new TextReasoningContent(reasoning.Text) { ProtectedData = reasoning.Signature ?? reasoning.Redacted },
        ToolCallPart call => new FunctionCallContent(call.Id, call.Name, Arguments(call.Arguments)),
        ToolResultPart { IsError: false } result => new FunctionResultContent(result.Id, Json(result.Result) is { } json ? json : result.Result),
        ToolResultPart error => new FunctionResultContent(error.Id, error.Result),
        _ => null,
    };

    private static Dictionary<string, object?> Arguments(string json) => Json(json) is { ValueKind: JsonValueKind.Object } arguments
        ? arguments.EnumerateObject().DistinctBy(static field => field.Name).ToDictionary(static field => field.Name, static field => (object?)field.Value)
        : [];

    private static JsonElement? Json(string? json)
    {
        if (json is null)
            return null;

        try
        {
            return JsonElement.Parse(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
