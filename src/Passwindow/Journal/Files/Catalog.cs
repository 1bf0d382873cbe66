using System.Collections.Concurrent;
using Passwindow.Protocol;

namespace Passwindow.Journal.Files;

/// <summary>
/// All that memory holds of the conversations nobody uses: id, title, time and abandoned tokens of each, in the order of the list. It follows the committed
/// line. About 400 bytes a conversation with ids and titles of the usual length.
/// </summary>
internal sealed class Catalog
{
    private readonly ConcurrentDictionary<TenantId, TenantCatalog> _tenants = new();

    public int Count => _tenants.Values.Sum(static tenant => tenant.Count);

    /// <summary>Fills an empty catalog at once.</summary>
    public void Load(IEnumerable<(ConversationKey Key, CatalogEntry Entry)> entries)
    {
        foreach (var tenant in entries.GroupBy(static each => each.Key.Tenant))
            _tenants[tenant.Key] = new TenantCatalog(tenant.Select(static each => each.Entry));
    }

    public CatalogEntry? Find(ConversationKey key) => _tenants.GetValueOrDefault(key.Tenant)?.Find(key.Conversation);

    /// <summary>A turn began: its conversation moves to the top.</summary>
    public void Touch(TurnOpening opening) => _tenants.GetOrAdd(opening.Tenant, static _ => new TenantCatalog([])).Update(
        opening.Conversation,
        before => before is null ? CatalogEntry.Of(opening) : before.With(opening),
        mayAdd: true);

    /// <summary>So many more pieces of a conversation's answers turned out to be for nobody.</summary>
    public void AddAbandoned(ConversationKey key, long tokens) => _tenants.GetValueOrDefault(key.Tenant)?.Update(
        key.Conversation, before => before! with { AbandonedTokens = before.AbandonedTokens + tokens }, mayAdd: false);

    /// <summary>Renames a conversation; false if there is none.</summary>
    public bool Rename(ConversationKey key, string title) =>
        _tenants.GetValueOrDefault(key.Tenant)?.Update(key.Conversation, before => before! with { Title = title }, mayAdd: false) ?? false;

    public bool Remove(ConversationKey key) => _tenants.GetValueOrDefault(key.Tenant)?.Remove(key.Conversation) ?? false;

    /// <summary>At most so many listed entries that stand behind a place, newest first.</summary>
    public IReadOnlyList<CatalogEntry> After(TenantId tenant, ListPlace? place, int most) => _tenants.GetValueOrDefault(tenant)?.After(place, most) ?? [];

    /// <summary>At most so many entries older than that, oldest first within a tenant; all, or those alone that the list leaves out.</summary>
    public IEnumerable<ConversationKey> Before(long updatedAtMs, bool onlyUnlisted, int most) =>
        _tenants.SelectMany(tenant => tenant.Value.Before(updatedAtMs, onlyUnlisted, most).Select(entry => new ConversationKey(tenant.Key, entry.Conversation))).Take(most);
}

/// <summary>What the catalog holds of a conversation.</summary>
/// <param name="Conversation">Its id.</param>
/// <param name="Title">Its title.</param>
/// <param name="UpdatedAtMs">When its last turn began, in milliseconds since 1970.</param>
/// <param name="AbandonedTokens">The sum of what its turns' <c>usage</c> events say of that.</param>
/// <param name="IsUnlisted">Whether the list leaves it out.</param>
internal sealed record CatalogEntry(ConversationId Conversation, string Title, long UpdatedAtMs, long AbandonedTokens = 0, bool IsUnlisted = false)
{
    public ListPlace Place => new(UpdatedAtMs, Conversation);

    public DateTimeOffset UpdatedAt => DateTimeOffset.FromUnixTimeMilliseconds(UpdatedAtMs);

    public static CatalogEntry Of(TurnOpening opening) =>
        new(opening.Conversation, ConversationTitle.Of(opening.Message), opening.CreatedAt.ToUnixTimeMilliseconds(), IsUnlisted: opening.IsUnlisted);

    /// <summary>The same after another turn began. A clock that was set back moves nothing down.</summary>
    public CatalogEntry With(TurnOpening opening) => this with
    {
        UpdatedAtMs = Math.Max(UpdatedAtMs, opening.CreatedAt.ToUnixTimeMilliseconds()),
        IsUnlisted = IsUnlisted && opening.IsUnlisted,
    };
}
