namespace Passwindow.Server.Chat;

/// <summary>Where a chat in the terminal stands.</summary>
internal sealed class ChatPlace
{
    /// <summary>The model that is asked; null for the server's default.</summary>
    public string? Model { get; set; }

    /// <summary>The conversation that goes on; null before the first answer.</summary>
    public string? Conversation { get; set; }

    /// <summary>The last answer; null before the first.</summary>
    public string? LastTurn { get; set; }

    /// <summary>What might be asked next: a number says it.</summary>
    public IReadOnlyList<string> Suggestions { get; set; } = [];
}
