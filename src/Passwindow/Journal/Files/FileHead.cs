using System.Text.Json;
using System.Text.Json.Nodes;
using Passwindow.Protocol;

namespace Passwindow.Journal.Files;

/// <summary>What the first line of each file says: format, kind, and for a conversation whose it is, so that a swapped file shows.</summary>
internal static class FileHead
{
    public static byte[] WriteAhead(long number, Durability durability) => Spell(new JsonObject
    {
        ["format"] = JournalLine.FormatVersion,
        ["file"] = "wal",
        ["number"] = number,
        ["durability"] = durability == Durability.Os ? "os" : "fsync",
    });

    public static byte[] Conversation(ConversationKey key) => Spell(new JsonObject
    {
        ["format"] = JournalLine.FormatVersion,
        ["file"] = "conversation",
        ["tenant"] = key.Tenant.Value,
        ["conversation"] = key.Conversation.Value,
    });

    public static byte[] Catalog(long number) => Spell(new JsonObject
    {
        ["format"] = JournalLine.FormatVersion,
        ["file"] = "catalog",
        ["number"] = number,
    });

    /// <summary>Refuses a file that is of another version, or not the one it should be.</summary>
    /// <exception cref="JournalDamagedException">It is.</exception>
    public static void Check(string path, JournalRecord record, ReadOnlySpan<byte> head, params ReadOnlySpan<byte[]> expected)
    {
        if (record.Kind != JournalRecordKind.File || head.IsEmpty || head[0] != '{')
            throw new JournalDamagedException(path, 0, "its first line does not say what it is.");
        long? format = EventJson.GetInt64(head, "format"u8);
        if (format != JournalLine.FormatVersion)
            throw new JournalDamagedException(path, 0, $"it is of format {format?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "?"}; this version of Passwindow reads format {JournalLine.FormatVersion}. Use the version that wrote it, or a newer one.");
        foreach (byte[] each in expected)
        {
            if (head.SequenceEqual(each))
                return;
        }

        throw new JournalDamagedException(path, 0, "it is not the file that its name says.");
    }

    private static byte[] Spell(JsonObject head) => JsonSerializer.SerializeToUtf8Bytes(head);
}
