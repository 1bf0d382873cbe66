using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Passwindow.Http;

/// <summary>A request's JSON body, whole and bounded.</summary>
internal static class RequestBody
{
    /// <exception cref="Problem">415: it is no JSON, or compressed. 413: it is too large.</exception>
    public static async Task<byte[]> ReadAsync(HttpRequest request, int largest, CancellationToken cancellation)
    {
        // Only a page of the same origin, or one we allow, may send this type: a form of another site cannot.
        if (!request.HasJsonContentType())
            throw new Problem(StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type", "Content-Type must be application/json.");
        if (request.Headers.ContentEncoding.Count > 0)
            throw new Problem(StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type", "A compressed body is not read.");
        if (request.ContentLength > largest)
            throw TooLarge(largest);
        using var body = new MemoryStream();
        byte[] buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            while (await request.Body.ReadAsync(buffer, cancellation) is var read and > 0)
            {
                if (body.Length + read > largest)
                    throw TooLarge(largest);
                body.Write(buffer, 0, read);
            }
        }
        catch (BadHttpRequestException e)
        {
            throw new Problem(e.StatusCode, e.StatusCode == StatusCodes.Status413PayloadTooLarge ? "too_large" : "invalid_request", "The body could not be read.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return body.ToArray();
    }

    private static Problem TooLarge(int largest) =>
        new(StatusCodes.Status413PayloadTooLarge, "too_large", $"The body may have at most {largest} bytes.");
}
