namespace Passwindow.Upstream.Http1;

/// <summary>
/// Learns over which connection a request goes. .NET's client does not tell, but it writes the request within the flow that sends it; if it sends it once more,
/// the last connection counts.
/// </summary>
internal sealed class SentRequest
{
    private static readonly AsyncLocal<SentRequest?> s_current = new();

    private SentRequest()
    {
    }

    /// <summary>The connection; null if it is none that keeps bodies back.</summary>
    public AnswerConnection? Connection { get; private set; }

    /// <summary>The asynchronous method that calls this sends a request.</summary>
    public static SentRequest Begin() => s_current.Value = new();

    /// <summary>A request is written to that connection.</summary>
    public static void Tell(AnswerConnection connection)
    {
        if (s_current.Value is { } request)
            request.Connection = connection;
    }
}
