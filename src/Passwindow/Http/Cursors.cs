using Microsoft.AspNetCore.Http;
using Passwindow.Protocol;

namespace Passwindow.Http;

/// <summary>From where a viewer reads on: <c>Last-Event-ID</c>, which a browser sends by itself when it comes back, else <c>?after=</c>.</summary>
internal static class Cursors
{
    /// <summary>The cursor of the header; null if there is none.</summary>
    /// <exception cref="Problem">It is no id of ours: to begin from the start in silence would show events twice.</exception>
    public static EventCursor? LastEventId(HttpRequest request)
    {
        var values = request.Headers["Last-Event-ID"];
        if (values.Count == 0 || (values.Count == 1 && string.IsNullOrEmpty(values[0])))
            return null; // "" is how a client says that it has none (WHATWG HTML, 9.2.4)
        return values.Count == 1 && EventCursor.TryParse(values[0], out var cursor)
            ? cursor
            : throw Problem.Invalid("Last-Event-ID must be the id of an event, TURN:SEQ.");
    }

    /// <summary>The number after which a viewer of <paramref name="turn"/> reads on; null if it names none.</summary>
    public static long? After(HttpRequest request, TurnId turn)
    {
        if (LastEventId(request) is { } cursor)
            return cursor.Turn == turn ? cursor.Seq : throw Problem.Invalid("Last-Event-ID is of another turn.");
        var after = request.Query["after"];
        if (after.Count == 0)
            return null;
        return after.Count == 1 && EventCursor.TryParseSeq(after[0], out long seq) ? seq : throw Problem.Invalid("after must be the number of an event.");
    }
}
