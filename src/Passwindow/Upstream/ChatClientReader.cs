using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Upstream;

/// <summary>Makes chat events of the updates of one answer of an <see cref="IChatClient"/>.</summary>
internal sealed class ChatClientReader
{
    // The shared options write for people, with line breaks.
    private static readonly JsonSerializerOptions Plain = new(AIJsonUtilities.DefaultOptions) { WriteIndented = false };

    private readonly TextPieces _text = new();
    private readonly TextPieces _reasoning = new();
    private readonly List<FunctionCallContent> _calls = [];
    private readonly HashSet<string> _answered = new(StringComparer.Ordinal);
    private readonly UsageDetails _usage = new();
    private ChatFinishReason? _finish;

    /// <summary>Reads one update.</summary>
    /// <exception cref="UpstreamException">The client reports an error.</exception>
    public void Read(ChatResponseUpdate update, List<ChatEvent> said)
    {
        _finish = update.FinishReason ?? _finish;
        foreach (var content in update.Contents)
            Read(content, said);
    }

    /// <summary>
    /// The updates are over. Clients need not give a finish reason, and one that fails throws: so an end without either is <see cref="FinishReason.Stop"/>.
    /// </summary>
    public void End(List<ChatEvent> said)
    {
        Say(_reasoning.End(), said, static text => new ReasoningDelta(text));
        Say(_text.End(), said, static text => new TextDelta(text));

        // A client that runs functions of its own shows their calls too, followed by their results: those are not for us.
        var open = _calls.FindAll(call => !call.InformationalOnly && !_answered.Contains(call.CallId));
        foreach (var call in open)
            said.Add(new ToolCallRequested(call.CallId is { Length: > 0 } id ? id : $"call_{Guid.CreateVersion7():N}", call.Name, Arguments(call)));

        said.Add(new AnswerEnded(
            open.Count > 0 ? FinishReason.ToolCalls
            : _finish == ChatFinishReason.Length ? FinishReason.Length
            : _finish == ChatFinishReason.ContentFilter ? FinishReason.ContentFilter
            : FinishReason.Stop));
    }

    private void Read(AIContent content, List<ChatEvent> said)
    {
        switch (content)
        {
            case TextReasoningContent reasoning:
                var thought = _reasoning.Add(reasoning.Text);
                if (thought.Length > 0 || reasoning.ProtectedData is not null)
                    said.Add(new ReasoningDelta(thought) { Signature = reasoning.ProtectedData });
                break;
            case TextContent text:
                Say(_text.Add(text.Text), said, static bytes => new TextDelta(bytes));
                break;
            case FunctionCallContent call:
                _calls.Add(call);
                break;
            case FunctionResultContent result:
                _answered.Add(result.CallId);
                break;
            case UsageContent usage:
                // By the convention of these clients several reports of one answer are added up.
                _usage.Add(usage.Details);
                said.Add(new UsageReported(Usage()));
                break;
            case ErrorContent { ErrorCode: "Refusal" } refusal:
                Say(_text.Add(refusal.Message), said, static bytes => new TextDelta(bytes, IsRefusal: true));
                break;
            case ErrorContent error:
                throw new UpstreamException(ErrorCode.UpstreamUnavailable, "The model reported an error. Try again in a moment.", retryable: true)
                {
                    Detail = $"{error.ErrorCode}: {error.Message}",
                };
            default:
                break;
        }

        foreach (var citation in content.Annotations?.OfType<CitationAnnotation>() ?? [])
            said.Add(new CitationFound(Citation(citation)));
    }

    private static void Say(ReadOnlyMemory<byte> text, List<ChatEvent> said, Func<ReadOnlyMemory<byte>, ChatEvent> make)
    {
        if (text.Length > 0)
            said.Add(make(text));
    }

    // Arguments that the client could not read are passed on as what is no JSON either: the turn then tells the model so.
    private static byte[] Arguments(FunctionCallContent call) =>
        call.Exception is not null ? Encoding.UTF8.GetBytes("unreadable")
        : call.Arguments is null ? "{}"u8.ToArray()
        : JsonSerializer.SerializeToUtf8Bytes(call.Arguments, Plain);

    private static byte[] Citation(CitationAnnotation citation) => JsonSerializer.SerializeToUtf8Bytes(
        new Dictionary<string, string?>
        {
            ["url"] = citation.Url?.ToString(),
            ["title"] = citation.Title,
            ["snippet"] = citation.Snippet,
            ["file_id"] = citation.FileId,
            ["tool"] = citation.ToolName,
        }.Where(static field => field.Value is not null).ToDictionary());

    private Usage Usage() => new()
    {
        InputTokens = _usage.InputTokenCount,
        OutputTokens = _usage.OutputTokenCount,
        ReasoningTokens = _usage.ReasoningTokenCount,
        CachedTokens = _usage.CachedInputTokenCount,
    };
}
