using Passwindow.Protocol;

namespace Passwindow.Journal.Tools;

/// <summary>What is whole of a turn, wherever it stands.</summary>
internal sealed class SalvagedTurn(TurnId id, ConversationKey place)
{
    private readonly SortedDictionary<long, ReadOnlyMemory<byte>> _events = [];

    public TurnId Id => id;

    /// <summary>Null if it is lost.</summary>
    public TurnOpening? Opening { get; set; }

    /// <summary>Whether the write-ahead files speak of it: then the next start of the server ends it, if it has no end.</summary>
    public bool IsHeld { get; set; }

    /// <summary>The events from the first to the first that is missing.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Events => [.. _events.TakeWhile(static (each, at) => each.Key == at + 1).Select(static each => each.Value)];

    /// <summary>How many events are whole.</summary>
    public int Count => _events.Count;

    /// <summary>The number of the last event that is whole; 0 for none.</summary>
    public long Last => _events.Count > 0 ? _events.Keys.Last() : 0;

    public bool HasEnd => _events.Count > 0 && TypeOf(_events.Values.Last()) == EventType.Done;

    /// <summary>What the turn began with, as far as that can still be told.</summary>
    public TurnOpening LikelyOpening => Opening ?? new TurnOpening(id, place.Tenant, place.Conversation, User: null, Started("model"u8) ?? "", Message: "", StartedAt);

    public static EventType TypeOf(ReadOnlyMemory<byte> json) =>
        EventTypes.Parse(System.Text.Encoding.UTF8.GetBytes(EventJson.GetString(json.Span, "type"u8) ?? ""));

    /// <summary>Takes an event; false if there is another of that number.</summary>
    public bool TryAdd(long seq, ReadOnlyMemory<byte> json) =>
        _events.TryAdd(seq, json) || _events[seq].Span.SequenceEqual(json.Span);

    /// <summary>What is missing, in words; null if nothing is.</summary>
    public string? Missing()
    {
        if (Opening is null)
            return $"the opening of turn {id}, with the person's message, is lost.";
        long next = 1;
        foreach (long seq in _events.Keys)
        {
            if (seq != next)
                return $"events {next} to {seq - 1} of turn {id} are lost.";
            next++;
        }

        return HasEnd || IsHeld ? null : $"turn {id} breaks off after event {Last}.";
    }

    private string? Started(ReadOnlySpan<byte> field) => _events.TryGetValue(1, out var start) ? EventJson.GetString(start.Span, field) : null;

    private DateTimeOffset StartedAt =>
        DateTimeOffset.TryParse(Started("created_at"u8), System.Globalization.CultureInfo.InvariantCulture, out var at) ? at : DateTimeOffset.UnixEpoch;
}
