using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Passwindow.Protocol;

namespace Passwindow.Client;

/// <summary>Makes updates of a turn's events. The text, calls and results between two rounds of the model are messages of their own.</summary>
/// <param name="clientTools">The tools that the caller runs; calls of others are the server's, told for information.</param>
/// <param name="from">Where the turn is taken up again; null for its start.</param>
internal sealed class TurnUpdates(IReadOnlySet<string> clientTools, TurnPosition? from)
{
    private string? _conversation = from?.Conversation;
    private string? _model;
    private DateTimeOffset? _createdAt;
    private int _round;
    private bool _wasResult;

    /// <summary>What failed, if the turn failed.</summary>
    public PasswindowException? Failure { get; private set; }

    /// <summary>The update of an event; null if there is nothing to say of it.</summary>
    public ChatResponseUpdate? Of(in CommittedEvent committed)
    {
        using var document = JsonDocument.Parse(committed.Json);
        var json = document.RootElement;
        if (committed.Type == EventType.Start)
        {
            _conversation = Text(json, "conversation_id");
            _model = Text(json, "model");
            _createdAt = DateTimeOffset.TryParse(Text(json, "created_at"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;
        }
        else if (committed.Type == EventType.Seam)
        {
            _model = Text(json, "model") ?? _model;
        }
        else if (committed.Type == EventType.Error)
        {
            Failure = new PasswindowException(Text(json, "code") ?? "internal", Text(json, "message") ?? "The turn failed.")
            {
                IsRetryable = json.TryGetProperty("retryable", out var retryable) && retryable.ValueKind == JsonValueKind.True,
            };
            return null;
        }

        bool isResult = committed.Type == EventType.ToolResult;
        if (_wasResult && !isResult && committed.Type is not (EventType.Usage or EventType.Done))
            _round++;
        _wasResult = isResult;
        var update = new ChatResponseUpdate(isResult ? ChatRole.Tool : ChatRole.Assistant, Contents(committed, json))
        {
            ResponseId = committed.Turn.Value,
            ConversationId = _conversation,
            ModelId = _model,
            CreatedAt = _createdAt,
            MessageId = isResult ? $"{committed.Turn}:{_round}:results" : $"{committed.Turn}:{_round}",
            FinishReason = committed.Type == EventType.Done ? Reason(Text(json, "finish_reason")) : null,
            RawRepresentation = committed,
        };

        // The last update of a turn has nothing behind it.
        if (committed.Type != EventType.Done)
            update.ContinuationToken = new TurnPosition(new EventCursor(committed.Turn, committed.Seq), _conversation);
        return update;
    }

    private List<AIContent> Contents(in CommittedEvent committed, JsonElement json) => committed.Type switch
    {
        EventType.Token => [new TextContent(Text(json, "token"))],
        EventType.Reasoning => [new TextReasoningContent(Text(json, "reasoning")) { ProtectedData = Text(json, "signature") ?? Text(json, "redacted") }],
        EventType.ToolCall => [Call(committed, json)],
        EventType.ToolResult => [Result(json)],
        EventType.Action => [new ActionContent(Text(json, "id") ?? "", json.GetProperty("action").Clone())],
        EventType.Citation => [new TextContent("") { Annotations = [Citation(json.GetProperty("citation"))] }],
        EventType.SuggestedQuestions => [new SuggestedQuestionsContent([.. json.GetProperty("suggested_questions").EnumerateArray().Select(static each => each.GetString() ?? "")])],
        EventType.Usage => [new UsageContent(Usage(json))],
        _ => [],
    };

    private AIContent Call(in CommittedEvent committed, JsonElement json)
    {
        string id = Text(json, "id") ?? "";
        string name = Text(json, "name") ?? "";
        var arguments = json.GetProperty("arguments").EnumerateObject().ToDictionary(static field => field.Name, static field => (object?)field.Value.Clone());
        var call = new FunctionCallContent(id, name, arguments) { InformationalOnly = !clientTools.Contains(name) };
        return Text(json, "approval") is null ? call : new ToolApprovalRequestContent(new ApprovalId(new EventCursor(committed.Turn, committed.Seq), id).ToString(), call);
    }

    private static FunctionResultContent Result(JsonElement json) => Text(json, "error") is { } error
        ? new FunctionResultContent(Text(json, "id") ?? "", null) { Exception = new InvalidOperationException(error) }
        : new FunctionResultContent(Text(json, "id") ?? "", json.GetProperty("result").Clone());

    private static CitationAnnotation Citation(JsonElement citation) => new()
    {
        Title = Text(citation, "title"),
        Url = Uri.TryCreate(Text(citation, "url"), UriKind.Absolute, out var url) ? url : null,
        Snippet = Text(citation, "snippet") ?? Text(citation, "cited_text"),
        RawRepresentation = citation.Clone(),
    };

    private static UsageDetails Usage(JsonElement json)
    {
        long? number(string name) => json.TryGetProperty(name, out var value) && value.TryGetInt64(out long count) ? count : null;
        var (input, output) = (number("input_tokens"), number("output_tokens"));
        return new UsageDetails
        {
            InputTokenCount = input,
            OutputTokenCount = output,
            TotalTokenCount = input is null && output is null ? null : (input ?? 0) + (output ?? 0),
            ReasoningTokenCount = number("reasoning_tokens"),
            CachedInputTokenCount = number("cached_tokens"),
        };
    }

    private static ChatFinishReason? Reason(string? word) => word switch
    {
        null => null,
        "stop" => ChatFinishReason.Stop,
        "length" => ChatFinishReason.Length,
        "tool_calls" => ChatFinishReason.ToolCalls,
        "content_filter" => ChatFinishReason.ContentFilter,
        _ => new ChatFinishReason(word),
    };

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
