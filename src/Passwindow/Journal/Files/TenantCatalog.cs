using Passwindow.Protocol;

namespace Passwindow.Journal.Files;

/// <summary>One tenant's part of the catalog. Entries never change; a changed one takes the place of the old.</summary>
internal sealed class TenantCatalog
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, CatalogEntry> _byId;

    // Oldest first: what moves is mostly near the end, so that little has to make room.
    private readonly List<CatalogEntry> _ordered;

    public TenantCatalog(IEnumerable<CatalogEntry> entries)
    {
        _ordered = [.. entries];
        _ordered.Sort(Compare);
        _byId = _ordered.ToDictionary(static entry => entry.Conversation.Value);
    }

    public int Count
    {
        get
        {
            lock (_gate)
                return _ordered.Count;
        }
    }

    public CatalogEntry? Find(ConversationId id)
    {
        lock (_gate)
            return _byId.GetValueOrDefault(id.Value);
    }

    public bool Update(ConversationId id, Func<CatalogEntry?, CatalogEntry> change, bool mayAdd)
    {
        lock (_gate)
        {
            var before = _byId.GetValueOrDefault(id.Value);
            if (before is null && !mayAdd)
                return false;
            var after = change(before);
            _byId[id.Value] = after;
            int at = before is null ? -1 : IndexOf(before.Place);
            if (at >= 0 && before!.UpdatedAtMs == after.UpdatedAtMs)
            {
                _ordered[at] = after;
                return true;
            }

            if (at >= 0)
                _ordered.RemoveAt(at);
            _ordered.Insert(~IndexOf(after.Place), after);
            return true;
        }
    }

    public bool Remove(ConversationId id)
    {
        lock (_gate)
        {
            if (!_byId.Remove(id.Value, out var entry))
                return false;
            _ordered.RemoveAt(IndexOf(entry.Place));
            return true;
        }
    }

    public IReadOnlyList<CatalogEntry> After(ListPlace? place, int most)
    {
        lock (_gate)
        {
            int end = place is { } from ? IndexOf(from) : _ordered.Count;
            if (end < 0)
                end = ~end; // the conversation at that place has moved, or gone: the place has not
            var page = new List<CatalogEntry>(Math.Min(most, end));
            for (int at = end - 1; at >= 0 && page.Count < most; at--)
            {
                if (!_ordered[at].IsUnlisted)
                    page.Add(_ordered[at]);
            }

            return page;
        }
    }

    public IReadOnlyList<CatalogEntry> Before(long updatedAtMs, bool onlyUnlisted, int most)
    {
        lock (_gate)
            return [.. _ordered.TakeWhile(entry => entry.UpdatedAtMs < updatedAtMs).Where(entry => entry.IsUnlisted || !onlyUnlisted).Take(most)];
    }

    private int IndexOf(ListPlace place)
    {
        int low = 0;
        int high = _ordered.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            int order = Compare(_ordered[middle].Place, place);
            if (order == 0)
                return middle;
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return ~low;
    }

    private static int Compare(CatalogEntry a, CatalogEntry b) => Compare(a.Place, b.Place);

    private static int Compare(ListPlace a, ListPlace b) =>
        a.UpdatedAtMs != b.UpdatedAtMs ? a.UpdatedAtMs.CompareTo(b.UpdatedAtMs) : string.CompareOrdinal(a.Conversation.Value, b.Conversation.Value);
}
