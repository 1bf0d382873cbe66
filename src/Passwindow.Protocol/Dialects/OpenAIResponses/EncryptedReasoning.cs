using System.Text;
using System.Text.Json;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Protocol.Dialects.OpenAIResponses;

/// <summary>
/// The <c>encrypted_content</c> of our reasoning items: what the provider wants back with its thinking, whichever provider it is, as one opaque text that
/// clients carry without reading it.
/// </summary>
internal static class EncryptedReasoning
{
    private const string Signature = "signature";
    private const string Redacted = "redacted";

    public static string Pack(string? signature, string? redacted)
    {
        var kept = new Dictionary<string, string>();
        if (signature is not null)
            kept[Signature] = signature;
        if (redacted is not null)
            kept[Redacted] = redacted;
        return Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(kept, ResponseStrings.Default.DictionaryStringString));
    }

    /// <summary>The part to send back; null if it was not packed here.</summary>
    /// <param name="content">The <c>encrypted_content</c>.</param>
    /// <param name="text">The text of the summary.</param>
    public static ReasoningPart? Unpack(string content, string text)
    {
        try
        {
            var kept = JsonSerializer.Deserialize(Encoding.UTF8.GetString(Convert.FromBase64String(content)), ResponseStrings.Default.DictionaryStringString);
            return kept is null || kept.Count == 0 ? null : new ReasoningPart(text, kept.GetValueOrDefault(Signature), kept.GetValueOrDefault(Redacted));
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }
}
