namespace Passwindow.Protocol;

/// <summary>The JSON Schema (draft 2020-12) of the events: what <c>GET /schema/events.json</c> serves.</summary>
public static class EventSchema
{
    private const string Resource = "events.schema.json";

    /// <summary>The schema, UTF-8. Read once from the assembly.</summary>
    public static ReadOnlyMemory<byte> Utf8 { get; } = Load();

    private static byte[] Load()
    {
        using var resource = typeof(EventSchema).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The assembly was built without {Resource}.");
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return bytes;
    }
}
