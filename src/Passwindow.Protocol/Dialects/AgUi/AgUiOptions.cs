namespace Passwindow.Protocol.Dialects.AgUi;

/// <summary>How one response is to be spelled.</summary>
public sealed record AgUiOptions
{
    /// <summary>As version 1.0 asks, by the names that the turn's own client gave.</summary>
    public static AgUiOptions Default { get; } = new();

    /// <summary>The client's name for the conversation; null for that of the turn's own client.</summary>
    public string? Thread { get; init; }

    /// <summary>The client's name for this run; null for that of the turn's own client.</summary>
    public string? Run { get; init; }

    /// <summary>Whether the client knows the outcomes of 1.0. Those before it refuse a whole event for a <c>cancelled</c> or for pending calls.</summary>
    public bool SpeaksOne { get; init; } = true;
}
