using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Passwindow.Client;

namespace Passwindow.Server.Chat;

/// <summary>Shows one answer as it comes.</summary>
internal sealed class TerminalAnswer(Terminal terminal)
{
    private readonly Dictionary<string, string> _calls = new(StringComparer.Ordinal);
    private readonly List<CitationAnnotation> _sources = [];
    private bool _isThinking;
    private bool _isAtLineStart = true;

    /// <summary>The turn that answers; null before its start.</summary>
    public string? Turn { get; private set; }

    /// <summary>Its conversation; null before its start.</summary>
    public string? Conversation { get; private set; }

    /// <summary>What might be asked next.</summary>
    public IReadOnlyList<string> Suggestions { get; private set; } = [];

    /// <summary>What waits for a person; null for nothing.</summary>
    public ToolApprovalRequestContent? Approval { get; private set; }

    public void Show(ChatResponseUpdate update)
    {
        Turn = update.ResponseId;
        Conversation = update.ConversationId;
        foreach (var content in update.Contents)
            Show(content);
        if (update.FinishReason is { } reason)
            End(reason.Value);
    }

    /// <summary>What was under way is over: the next thing begins on a line of its own.</summary>
    public void BreakLine()
    {
        if (!_isAtLineStart)
            terminal.Line();
        _isAtLineStart = true;
    }

    private void Show(AIContent content)
    {
        switch (content)
        {
            case TextReasoningContent { Text.Length: > 0 } thought:
                if (!_isThinking)
                    BreakLine();
                _isThinking = true;
                terminal.Whisper(thought.Text);
                _isAtLineStart = thought.Text.EndsWith('\n');
                break;
            case TextContent { Annotations: [CitationAnnotation source] }:
                _sources.Add(source);
                break;
            case TextContent { Text.Length: > 0 } text:
                if (_isThinking)
                    BreakLine();
                _isThinking = false;
                terminal.Say(text.Text);
                _isAtLineStart = text.Text.EndsWith('\n');
                break;
            case FunctionCallContent call:
                Note($"Fetching {Name(call)} …");
                break;
            case ToolApprovalRequestContent { ToolCall: FunctionCallContent asked } request:
                Approval = request;
                Note($"Asks to run {Name(asked)}");
                break;
            case FunctionResultContent result:
                Note($"{_calls.GetValueOrDefault(result.CallId, "A tool")} {(result.Exception is { } failure ? $"failed: {failure.Message}" : "answered.")}");
                break;
            case ActionContent action:
                Note($"Asks the page: {action.Action}");
                break;
            case SuggestedQuestionsContent suggested:
                Suggestions = suggested.Questions;
                break;
        }
    }

    private string Name(FunctionCallContent call)
    {
        _calls[call.CallId] = call.Name;
        var arguments = call.Arguments?.Select(static argument => $"{argument.Key}: {(argument.Value is JsonElement json ? json.ToString() : argument.Value)}") ?? [];
        return $"{call.Name}({string.Join(", ", arguments)})";
    }

    private void End(string reason)
    {
        BreakLine();
        for (int i = 0; i < _sources.Count; i++)
            Note(string.Create(CultureInfo.InvariantCulture, $"[{i + 1}] {_sources[i].Title} {_sources[i].Url}"));
        if (reason is not ("stop" or "tool_calls"))
            Note($"The answer ended: {reason}.");
        for (int i = 0; i < Suggestions.Count; i++)
            Note(string.Create(CultureInfo.InvariantCulture, $"{i + 1}  {Suggestions[i]}"));
    }

    private void Note(string text)
    {
        BreakLine();
        terminal.Whisper("· " + text.ReplaceLineEndings(" "));
        terminal.Line();
    }
}
