using Passwindow.Journal;
using Passwindow.Protocol.Dialects;

namespace Passwindow.Http;

/// <summary>What a dialect's writer may know of a turn beside its events.</summary>
internal static class FrameContexts
{
    public static FrameContext Of(TurnOpening opening)
    {
        var declared = ClientTools(opening);
        var own = opening.ServerTools ?? [];
        return new FrameContext
        {
            IsClientTool = opening.IsRelayed ? name => declared.Contains(name) || !own.Contains(name) : declared.Contains,
            Metadata = opening.Metadata,
            Message = opening.Message,
            Root = opening.Continues is null ? null : opening.Question,
        };
    }

    private static HashSet<string> ClientTools(TurnOpening opening)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (opening.Tools is { ValueKind: System.Text.Json.JsonValueKind.Array } tools)
            names.UnionWith(tools.EnumerateArray().Select(static tool => tool.GetProperty("name").GetString()!));
        return names;
    }
}
