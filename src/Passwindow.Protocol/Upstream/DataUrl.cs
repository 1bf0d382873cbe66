namespace Passwindow.Protocol.Upstream;

/// <summary>A <c>data:</c> URL (RFC 2397) in base64: the only form in which the providers' APIs carry a file within a request.</summary>
public static class DataUrl
{
    private const string Scheme = "data:";
    private const string Marker = ";base64,";

    /// <summary>Reads its parts; false if it is another URL, or not in base64.</summary>
    /// <param name="url">The URL.</param>
    /// <param name="mediaType">What it holds, such as <c>image/png</c>.</param>
    /// <param name="data">The base64.</param>
    public static bool TryRead(string url, out string mediaType, out string data)
    {
        mediaType = data = "";
        int marker = url.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? url.IndexOf(Marker, StringComparison.OrdinalIgnoreCase) : -1;
        if (marker < 0)
            return false;
        mediaType = url[Scheme.Length..marker].Split(';')[0];
        data = url[(marker + Marker.Length)..];
        return mediaType.Length > 0 && data.Length > 0;
    }

    /// <summary>Makes one.</summary>
    public static string Of(string mediaType, string base64) => $"{Scheme}{mediaType}{Marker}{base64}";
}
