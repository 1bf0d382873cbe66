using System.Net;
using Passwindow.Upstream.Http1;
using Passwindow.Upstream.Loops;

namespace Passwindow.Upstream;

/// <summary>
/// The one connection pool to all HTTP providers. It sets no limit on how long an answer takes: those limits are the turn's.
/// </summary>
internal static class UpstreamHttp
{
    /// <summary>How many connections one provider may have where nothing else is said: as many as there may be turns.</summary>
    public const int DefaultMaxConnections = 10_000;

    /// <summary>Makes the pool. An invoker, not an HttpClient: that one would only add a timeout and buffers, and we want neither.</summary>
    /// <param name="useProxy">Whether the proxy of the environment (<c>HTTPS_PROXY</c> …) is used.</param>
    /// <param name="maxConnections">How many connections one provider may have.</param>
    /// <param name="loops">What its connections are read by; null for .NET's own sockets.</param>
    public static HttpMessageInvoker Create(bool useProxy = false, int maxConnections = DefaultMaxConnections, ReadLoops? loops = null)
    {
        var handler = CreateHandler(useProxy, maxConnections);
        if (loops is not null)
            handler.ConnectCallback = loops.ConnectAsync;
        return new(handler, disposeHandler: true);
    }

    /// <summary>Makes a pool that only looks whether somebody is there on this machine.</summary>
    public static HttpMessageInvoker CreateForLocalSearch()
    {
        var handler = CreateHandler(maxConnections: 1);
        handler.ConnectTimeout = TimeSpan.FromMilliseconds(200);
        return new(handler, disposeHandler: true);
    }

    /// <summary>Makes the handler.</summary>
    public static SocketsHttpHandler CreateHandler(bool useProxy = false, int maxConnections = DefaultMaxConnections) => new()
    {
        // A followed redirect would carry the conversation, and x-api-key with it, to a host that nobody configured.
        AllowAutoRedirect = false,

        // A compressed answer can be a bomb, and it is held back until a block is full. We ask for none and take none.
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = useProxy,

        // 120 s for a first token is a model's right, 5 s for a handshake is not: an address that swallows packets is noticed early.
        ConnectTimeout = TimeSpan.FromSeconds(5),

        // So that a provider's change in DNS is followed.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60),
        MaxConnectionsPerServer = maxConnections,

        // KiB.
        MaxResponseHeadersLength = 32,

        // Without this a disposed HTTP/1.1 response is read on for 2 s, and the model goes on generating for us.
        ResponseDrainTimeout = TimeSpan.Zero,

        // Most servers allow 100 streams to a connection: the 101st turn must not wait for one of them.
        EnableMultipleHttp2Connections = true,
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        KeepAlivePingDelay = TimeSpan.FromSeconds(15),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(10),

        // So that an answer's body can be read past the client.
        PlaintextStreamFilter = static (context, _) =>
            new(context.NegotiatedHttpVersion.Major == 1 ? new AnswerConnection(context.PlaintextStream) : context.PlaintextStream),
    };
}
