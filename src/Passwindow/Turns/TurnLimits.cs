namespace Passwindow.Turns;

/// <summary>The limits of a turn, checked when the server starts.</summary>
/// <param name="Linger">How long the upstream goes on when nobody watches; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
/// <param name="Token">How long the model may be silent between two tokens.</param>
/// <param name="Turn">How long the turn may take.</param>
/// <param name="MaxTurns">How many turns may run at once.</param>
/// <param name="MaxToolRounds">How often the model may ask for tools.</param>
/// <param name="MaxAnswerBytes">The largest answer, in bytes of events.</param>
internal sealed record TurnLimits(
    TimeSpan Linger,
    TimeSpan Token,
    TimeSpan Turn,
    int MaxTurns,
    int MaxToolRounds,
    int MaxAnswerBytes);
