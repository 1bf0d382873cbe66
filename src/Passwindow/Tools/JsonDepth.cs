using System.Text.Json;

namespace Passwindow.Tools;

/// <summary>How deep JSON is nested.</summary>
internal static class JsonDepth
{
    /// <summary>Whether it is valid JSON of at most that many levels.</summary>
    public static bool IsWithin(ReadOnlySpan<byte> json, int levels)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = levels });
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
