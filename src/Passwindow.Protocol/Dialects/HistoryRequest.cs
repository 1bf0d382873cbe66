using System.Text.Json;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Protocol.Dialects;

/// <summary>A request in a dialect whose clients send the conversation with it.</summary>
/// <param name="Messages">The messages as the model is to be given them; at least one.</param>
public sealed record HistoryRequest(IReadOnlyList<ChatMessage> Messages)
{
    /// <summary>The model; null means the server's default.</summary>
    public string? Model { get; init; }

    /// <summary>The tools that the client runs.</summary>
    public IReadOnlyList<ToolDeclaration> Tools { get; init; } = [];

    /// <summary>How the model is to answer.</summary>
    public SamplingOptions Options { get; init; } = SamplingOptions.Default;

    /// <summary>A JSON object that the client wants to find again, or that the dialect's writer needs; null for none.</summary>
    public JsonElement? Metadata { get; init; }

    /// <summary>What the person wrote last: the text of the last message that is a person's; empty for none.</summary>
    public string LastQuestion => Messages.LastOrDefault(static message => message.Role == ChatRole.User) is { } question ? RequestJson.Text(question) : "";
}
