using System.Text;

namespace Passwindow.Upstream;

/// <summary>What a provider said with a status that is no answer: for the log, never for the viewer.</summary>
internal static class ErrorBody
{
    private const int MaxBytes = 8 * 1024;

    /// <summary>The status is known already, so the words are not waited for any longer than this.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Reads up to 8 KiB within 2 seconds; what was not read by then is left out. Does not throw but for <paramref name="cancellation"/>.</summary>
    public static async ValueTask<string?> ReadAsync(HttpResponseMessage response, TimeProvider time, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        var bytes = new byte[MaxBytes];
        var length = 0;
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(either.Token);
            while (length < bytes.Length)
            {
                var read = await stream.ReadAsync(bytes.AsMemory(length), either.Token);
                if (read == 0)
                    break;
                length += read;
            }
        }
        catch (Exception) when (!cancellation.IsCancellationRequested)
        {
        }

        // A compressed body would be noise.
        return length == 0 || response.Content.Headers.ContentEncoding.Count > 0 ? null : Encoding.UTF8.GetString(bytes, 0, length);
    }
}
