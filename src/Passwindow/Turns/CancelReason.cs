namespace Passwindow.Turns;

/// <summary>Why a running turn was cut short from our side. The first reason counts.</summary>
internal enum CancelReason
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>Somebody asked for the stop.</summary>
    Stopped,

    /// <summary>Nobody watched for longer than <c>Linger</c>.</summary>
    Abandoned,

    /// <summary>The model was silent for longer than <c>TokenTimeout</c>.</summary>
    TokenTimeout,

    /// <summary>The turn took longer than <c>TurnTimeout</c>.</summary>
    TurnTimeout,

    /// <summary>The server is going down.</summary>
    ShuttingDown,

    /// <summary>What the model says cannot be made durable any more.</summary>
    JournalFailed,
}
