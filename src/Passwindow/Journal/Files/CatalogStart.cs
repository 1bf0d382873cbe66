using Passwindow.Protocol;

namespace Passwindow.Journal.Files;

/// <summary>Fills the catalog at the start: from its file where that is still right, else from the conversations' own files.</summary>
internal static class CatalogStart
{
    /// <summary>What the catalog's file would say of a conversation now; null if that cannot be known, or nothing can be read of it.</summary>
    public static CatalogLine? LineOf(ConversationKey key, Catalog catalog, ConversationFile? file)
    {
        if (catalog.Find(key) is not { } entry || file is null || file.Damage is not null)
            return null;
        try
        {
            return new CatalogLine(key.Tenant, key.Conversation, entry.Title, entry.UpdatedAtMs, file.Length, file.AbandonedTokens, entry.IsUnlisted);
        }
        catch (JournalDamagedException)
        {
            return null; // it was told to whoever keeps the log
        }
    }

    public static CatalogReport Load(IDisk disk, ConversationFiles files, Catalog catalog, CatalogFile stored)
    {
        var known = stored.Read();
        var lines = new List<CatalogLine>(known.Count);
        var keys = files.Keys.ToList();
        int read = 0;
        foreach (var key in keys)
        {
            if (known.TryGetValue(key, out var line) && line.Bytes == disk.LengthOf(files.PathOf(key)))
            {
                // The ids of the list of files, so that memory holds each once.
                lines.Add(line with { Tenant = key.Tenant, Conversation = key.Conversation });
                continue;
            }

            read++;
            if (Read(files.FindInPassing(key)!) is { } made)
                lines.Add(made);
        }

        catalog.Load(lines.Select(static line => (new ConversationKey(line.Tenant, line.Conversation), new CatalogEntry(line.Conversation, line.Title, line.UpdatedAt, line.AbandonedTokens, line.Unlisted))));
        stored.Open(lines);
        bool wasMissing = !stored.WasThere && keys.Count > 0;
        return new CatalogReport(lines.Count, read, stored.Damage ?? (wasMissing ? "it is missing" : null));
    }

    private static CatalogLine? Read(ConversationFile file)
    {
        try
        {
            CatalogEntry? entry = null;
            foreach (var turn in file.Turns())
                entry = entry is null ? CatalogEntry.Of(turn.Opening) : entry.With(turn.Opening);
            return entry is null
                ? null
                : new CatalogLine(file.Key.Tenant, file.Key.Conversation, file.Title ?? entry.Title, entry.UpdatedAtMs, file.Length, file.AbandonedTokens, entry.IsUnlisted);
        }
        catch (JournalDamagedException)
        {
            return null; // it was told to whoever keeps the log; the conversation is not listed until it is repaired
        }
    }
}

/// <summary>How the catalog was filled.</summary>
/// <param name="Conversations">How many it holds.</param>
/// <param name="Read">How many conversations' files had to be read for that.</param>
/// <param name="Damage">Why the catalog's file could not be used, or not all of it; null if it could.</param>
internal readonly record struct CatalogReport(int Conversations, int Read, string? Damage);
