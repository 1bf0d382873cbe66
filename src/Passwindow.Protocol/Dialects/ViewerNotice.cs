namespace Passwindow.Protocol.Dialects;

/// <summary>What one viewer is told outside the turn's events, because it could not be journalled or concerns this response alone.</summary>
/// <param name="Code">What went wrong.</param>
/// <param name="Message">The same in words safe to show.</param>
/// <param name="Retryable">Whether coming back can help.</param>
/// <param name="EndsTurn">Whether the turn is over too: the dialect then writes its end, which could not be journalled.</param>
public readonly record struct ViewerNotice(ErrorCode Code, string Message, bool Retryable, bool EndsTurn);
