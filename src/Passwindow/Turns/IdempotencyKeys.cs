using System.Collections.Concurrent;
using Passwindow.Protocol;

namespace Passwindow.Turns;

/// <summary>
/// Which turn a key of a request began, so that the same request sent again begins no other. A key belongs to its tenant. Remembered here
/// for 24 hours and 10,000 keys a tenant; the journal remembers it for as long as the turn's conversation exists.
/// </summary>
internal sealed class IdempotencyKeys(TimeProvider time)
{
    /// <summary>How many keys of one tenant are remembered; requests that are under way are never forgotten.</summary>
    public const int MaxPerTenant = 10_000;

    /// <summary>How long a key is remembered.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    private readonly ConcurrentDictionary<TenantId, TenantKeys> _tenants = new();

    /// <summary>Takes a key, or finds who has it. Whoever takes it must <see cref="Settle"/> it.</summary>
    public KnownKey Claim(TenantId tenant, string key, string hash, out bool isMine)
    {
        var keys = _tenants.GetOrAdd(tenant, static _ => new TenantKeys());
        lock (keys)
        {
            Forget(keys);
            isMine = !keys.Known.TryGetValue(key, out var known);
            if (!isMine)
                return known!;
            known = new KnownKey(tenant, key, hash, time.GetTimestamp());
            keys.Known.Add(key, known);
            keys.Order.Enqueue(known);
            return known;
        }
    }

    /// <summary>Says which turn came of it; null if none did: the key is then free again.</summary>
    public void Settle(KnownKey known, TurnId? turn)
    {
        if (turn is null)
            Free(known);
        known.Set(turn);
    }

    /// <summary>Gives a key free whose turn is gone.</summary>
    public void Free(KnownKey known)
    {
        if (!_tenants.TryGetValue(known.Tenant, out var keys))
            return;
        lock (keys)
        {
            if (keys.Known.GetValueOrDefault(known.Key) == known)
                keys.Known.Remove(known.Key);
        }
    }

    private void Forget(TenantKeys keys)
    {
        for (int left = keys.Order.Count; left > 0 && keys.Order.TryPeek(out var oldest); left--)
        {
            if (keys.Order.Count < MaxPerTenant && time.GetElapsedTime(oldest.At) < Kept)
                return;
            keys.Order.Dequeue();
            if (keys.Known.GetValueOrDefault(oldest.Key) != oldest)
                continue;
            if (oldest.Turn.IsCompleted)
                keys.Known.Remove(oldest.Key);
            else
                keys.Order.Enqueue(oldest);
        }
    }

    private sealed class TenantKeys
    {
        public Dictionary<string, KnownKey> Known { get; } = new(StringComparer.Ordinal);

        public Queue<KnownKey> Order { get; } = new();
    }
}

/// <summary>A key that a request came with.</summary>
/// <param name="tenant">Whose it is.</param>
/// <param name="key">The key.</param>
/// <param name="hash">What was asked with it.</param>
/// <param name="at">When, on the monotonic clock.</param>
internal sealed class KnownKey(TenantId tenant, string key, string hash, long at)
{
    private readonly TaskCompletionSource<TurnId?> _turn = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TenantId Tenant => tenant;

    public string Key => key;

    public string Hash => hash;

    public long At => at;

    /// <summary>The turn that came of it, once that is known; null if none did.</summary>
    public Task<TurnId?> Turn => _turn.Task;

    public void Set(TurnId? turn) => _turn.TrySetResult(turn);
}
