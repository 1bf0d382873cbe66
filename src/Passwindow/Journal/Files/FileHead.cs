using System.Text.Json;
using System.Text.Json.Nodes;
using Passwindow.Protocol;

namespace Passwindow.Journal.Files;

/// <summary>What the first line of each file says: format, kind, and for a conversation whose it is, so that a swapped file shows.</summary>
internal static class FileHead
{
    public static byte[] WriteAhead(long number) => Spell(new JsonObject
    {
        ["format"] = JournalLine.FormatVersion,
        ["file"] = "wal",
        ["number"] = number,
    });

    public static byte[] Conversation(ConversationKey key) => Spell(new JsonObject
    {
        ["format"] = JournalLine.FormatVersion,
        ["file"] = "conversation",
        ["tenant"] = key.Tenant.Value,
        ["conversation"] = key.Conversation.Value,
    });

    /// <summary>Refuses a file that is of another version, or not the one it should be.</summary>
    public static void Check(string path, ReadOnlySpan<byte> head, ReadOnlySpan<byte> expected)
    {
        if (EventJson.GetInt64(head, "format"u8) is var format && format != JournalLine.FormatVersion)
            throw new JournalDamagedException(path, 0, $"it is of format {format}; this version reads format {JournalLine.FormatVersion}.");
        if (!head.SequenceEqual(expected))
            throw new JournalDamagedException(path, 0, "it is not the file that its name says.");
    }

    private static byte[] Spell(JsonObject head) => JsonSerializer.SerializeToUtf8Bytes(head);
}
