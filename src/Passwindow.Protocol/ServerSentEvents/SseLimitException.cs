namespace Passwindow.Protocol.ServerSentEvents;

/// <summary>An event stream went over a limit of <see cref="SseReader"/>; nothing more can be read from it.</summary>
/// <param name="message">Which limit, in words safe to show.</param>
public sealed class SseLimitException(string message) : Exception(message);
