using System.Net.Http.Headers;

namespace Passwindow.Upstream;

/// <summary>Reads <c>Retry-After</c> (RFC 9110, section 10.2.3): seconds or a date.</summary>
internal static class RetryAfter
{
    /// <summary>The longest wait that is believed: a person sits in front of the answer.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the provider wants us to wait, from zero to <see cref="Longest"/>; null if it says nothing or nonsense.</summary>
    public static TimeSpan? Read(HttpResponseHeaders headers, TimeProvider time)
    {
        // The typed header is null for what the standard does not allow: a negative number, a word, a number beyond all measure.
        var said = headers.RetryAfter;
        if ((said?.Delta ?? said?.Date - time.GetUtcNow()) is not { } wait)
            return null;

        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait > Longest ? Longest : wait;
    }
}
