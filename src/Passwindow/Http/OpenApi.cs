namespace Passwindow.Http;

/// <summary>
/// The OpenAPI document (3.1) of the endpoints, for the default prefix. Written by hand: the framework's generator does not see endpoints that
/// read and write their bodies themselves, and a test holds this one against what is mapped.
/// </summary>
internal static class OpenApi
{
    private const string Resource = "openapi.json";

    /// <summary>The document, UTF-8. Read once from the assembly.</summary>
    public static ReadOnlyMemory<byte> Utf8 { get; } = Load();

    private static byte[] Load()
    {
        using var resource = typeof(OpenApi).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The assembly was built without {Resource}.");
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return bytes;
    }
}
