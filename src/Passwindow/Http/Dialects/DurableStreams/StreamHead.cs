using Microsoft.AspNetCore.Http;
using Passwindow.Journal;
using Passwindow.Protocol.Dialects.DurableStreams;

namespace Passwindow.Http.Dialects.DurableStreams;

/// <summary>The headers that say where a stream stands.</summary>
internal static class StreamHead
{
    /// <summary>Writes them.</summary>
    /// <param name="response">The response.</param>
    /// <param name="turn">The turn.</param>
    /// <param name="at">The event behind which the client goes on.</param>
    /// <param name="isClosed">Whether nothing will ever follow that.</param>
    public static void Write(HttpResponse response, ITurnReader turn, long at, bool isClosed)
    {
        EventResponse.NameTurn(response, turn.Opening);
        response.Headers["Stream-Next-Offset"] = StreamOffset.Of(at);
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        response.Headers.Vary = "Authorization, Cookie";
        if (isClosed)
            response.Headers["Stream-Closed"] = "true";
    }

    /// <summary>Says that the response reaches to the last event there is.</summary>
    public static void WriteUpToDate(HttpResponse response) => response.Headers["Stream-Up-To-Date"] = "true";

    /// <summary>Gives the client a cursor to send back.</summary>
    public static void WriteCursor(HttpResponse response, long cursor) =>
        response.Headers["Stream-Cursor"] = cursor.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
