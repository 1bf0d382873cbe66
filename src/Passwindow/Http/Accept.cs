using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Passwindow.Protocol.Dialects;

namespace Passwindow.Http;

/// <summary>What a request wants back: an event stream in some dialect, or one JSON document.</summary>
internal static class Accept
{
    /// <summary>The dialect that <c>?dialect=</c> names; native if it names none.</summary>
    public static Dialect Dialect(HttpRequest request)
    {
        var named = request.Query["dialect"];
        if (named.Count == 0)
            return Protocol.Dialects.Dialect.Native;
        return (named.Count == 1 ? Protocol.Dialects.Dialect.Find(named[0]!) : null)
            ?? throw Problem.Invalid($"dialect must be one of {string.Join(", ", Protocol.Dialects.Dialect.All.Select(static dialect => dialect.Name))}.");
    }

    /// <summary>
    /// Whether <c>POST /chat</c> streams: when the client prefers <c>text/event-stream</c> to JSON. A client that names a dialect and does
    /// not ask for JSON wants a stream too; with no preference at all it gets JSON, which every client can read.
    /// </summary>
    public static bool WantsEvents(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().Accept;
        double events = Quality(accepted, "text/event-stream");
        double json = Quality(accepted, "application/json");
        if (events > 0 || json > 0)
            return events > json || (Equals(events, json) && First(accepted) == "text/event-stream");
        return request.Query.ContainsKey("dialect");
    }

    private static double Quality(IList<MediaTypeHeaderValue> accepted, string type) =>
        accepted.Where(each => each.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase)).Select(static each => each.Quality ?? 1).DefaultIfEmpty(0).Max();

    private static string? First(IList<MediaTypeHeaderValue> accepted) =>
        accepted.Select(static each => each.MediaType.Value?.ToLowerInvariant()).FirstOrDefault(static type => type is "text/event-stream" or "application/json");
}
