using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Passwindow.Http;

namespace Passwindow.Server;

/// <summary>
/// Has frames written past Kestrel, from which a response in chunks needs nothing between its head and its end: each of its layers is one more object that a token
/// passes by, and of a thousand responses none of them is in the processor's caches.
/// </summary>
internal sealed class DirectEventOutputs : IEventOutputs
{
    public PipeWriter Of(HttpContext context)
    {
        var body = context.Response.BodyWriter;
        return IsKestrels(context) && IsChunked(context) && Transport(context) is { } output && HasAll(output, body) ? new ChunkedOutput(output) : body;
    }

    /// <summary>Whether no middleware has put itself between the response and the server, whose one object is all features of a request.</summary>
    private static bool IsKestrels(HttpContext context) =>
        ReferenceEquals(context.Features.Get<IHttpResponseBodyFeature>(), context.Features.Get<IHttpRequestFeature>());

    /// <summary>HTTP/2 has frames of its own, HTTP/1.0 none.</summary>
    private static bool IsChunked(HttpContext context) =>
        HttpProtocol.IsHttp11(context.Request.Protocol) && context.Response.HasStarted && context.Response.Headers.TransferEncoding == "chunked";

    /// <summary>What the connection is written to; null where TLS or anything else comes between.</summary>
    private static DirectOutput? Transport(HttpContext context) => context.Features.Get<IConnectionTransportFeature>()?.Transport.Output as DirectOutput;

    /// <summary>Whether what Kestrel was given so far, the head above all, lies before what comes next.</summary>
    private static bool HasAll(DirectOutput output, PipeWriter body) => body.CanGetUnflushedBytes && body.UnflushedBytes == output.UnflushedBytes;
}
