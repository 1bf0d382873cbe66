namespace Passwindow.Testing;

/// <summary>One event as a browser's <c>EventSource</c> would dispatch it.</summary>
/// <param name="Type">The type; <c>message</c> where the stream names none.</param>
/// <param name="Data">The data, its lines joined by LF.</param>
/// <param name="Id">The last event id at the time of the dispatch: it stays until another is set; empty if none was.</param>
public readonly record struct StreamEvent(string Type, string Data, string Id = "");
