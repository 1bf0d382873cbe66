using Passwindow.Conversations;
using Passwindow.Journal;
using Passwindow.Protocol;
using Passwindow.Protocol.Dialects;

namespace Passwindow.Http;

/// <summary>What a dialect's writer may know of a turn beside its events.</summary>
internal static class FrameContexts
{
    /// <summary>The largest size of the earlier events that an opening is made of; beyond it the oldest turns are left out.</summary>
    private const long MaxEarlierBytes = 8 * 1024 * 1024;

    public static FrameContext Of(TurnOpening opening)
    {
        var declared = ClientTools(opening);
        var own = opening.ServerTools ?? [];
        return new FrameContext
        {
            IsClientTool = opening.IsRelayed ? name => declared.Contains(name) || !own.Contains(name) : declared.Contains,
            Metadata = opening.Metadata,
            Tools = opening.Tools,
            Message = opening.Message,
            Root = opening.Continues is null ? null : opening.Question,
            Given = opening.Input ?? (opening.ToolResults is { } results ? [TurnMessages.Of(results)] : opening.Message.Length > 0 ? [Memory.Question(opening.Message)] : []),
        };
    }

    /// <summary>The same with the turns that lead to this one, for a dialect whose opening tells the conversation.</summary>
    public static async Task<FrameContext> WithEarlierAsync(IJournal journal, TurnOpening opening, CancellationToken cancellation)
    {
        var context = Of(opening);
        if (opening.IsWhole)
            return context;
        var before = Branch.Before(await journal.ReadConversationAsync(opening.ConversationKey, cancellation), static turn => turn.Opening, opening);
        var earlier = new List<EarlierTurn>();
        long bytes = 0;
        foreach (var turn in before.Reverse())
        {
            var events = new List<CommittedEvent>();
            await foreach (var committed in turn.ReadAllAsync(cancellation))
            {
                events.Add(committed);
                bytes += committed.Json.Length;
            }

            if (bytes > MaxEarlierBytes)
                break;
            earlier.Insert(0, new EarlierTurn(Of(turn.Opening), events));
            if (turn.Opening.IsWhole)
                break; // its request gave the whole conversation, which began anew with it
        }

        return context with { Earlier = earlier };
    }

    private static HashSet<string> ClientTools(TurnOpening opening)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (opening.Tools is { ValueKind: System.Text.Json.JsonValueKind.Array } tools)
            names.UnionWith(tools.EnumerateArray().Select(static tool => tool.GetProperty("name").GetString()!));
        return names;
    }
}
