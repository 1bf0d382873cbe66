using System.Net;

namespace Passwindow.Upstream;

/// <summary>
/// A request's body. A server may answer before it has read all of it (413) and close: the writing then fails although there is an answer
/// to be read. So a failed write is not the end; if there is no answer, the reading says so.
/// </summary>
/// <remarks>Always given, even if it were empty: a POST without content is sent twice when a pooled connection turns out to be closed.</remarks>
internal sealed class JsonBody : HttpContent
{
    private readonly ReadOnlyMemory<byte> _json;

    /// <summary>Makes the body of JSON that is already spelled.</summary>
    public JsonBody(ReadOnlyMemory<byte> json)
    {
        _json = json;
        Headers.ContentType = new("application/json");
    }

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        try
        {
            await stream.WriteAsync(_json, cancellationToken);
        }
        catch (IOException)
        {
        }
    }

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = _json.Length;
        return true;
    }
}
