using System.Text;
using System.Text.Json;

namespace Passwindow.Testing;

/// <summary>One request as it came over the wire.</summary>
/// <param name="Connection">Which connection it came on, from 0.</param>
/// <param name="Method">The method.</param>
/// <param name="Target">The path and query, as sent.</param>
/// <param name="Headers">The headers, names without regard to case; values of one name joined by a comma.</param>
/// <param name="Body">The body, out of its chunks.</param>
/// <param name="At">When its last byte was read: <see cref="TimeProvider.GetTimestamp"/> of the system.</param>
public sealed record UpstreamRequest(int Connection, string Method, string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body, long At)
{
    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>The body as JSON.</summary>
    public JsonElement Json => JsonElement.Parse(Body);
}
