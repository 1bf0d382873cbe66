namespace Passwindow.Protocol;

/// <summary>Names one turn. Opaque to clients; those the server makes sort by time and cannot be guessed.</summary>
/// <param name="Value">The id in the form of <see cref="Identifier"/>.</param>
public readonly record struct TurnId(string Value)
{
    /// <summary>
    /// Makes a new id. <paramref name="place"/> is a 40-bit number that the journal chooses; it travels in the id, so that a turn
    /// can be found without an index of all turns.
    /// </summary>
    public static TurnId Create(DateTimeOffset time, ulong place) => new(Identifier.Create('t', time, place & ((1UL << 40) - 1)));

    /// <summary>Reads an id that came from outside; false if it does not have the form of one.</summary>
    public static bool TryParse(string? text, out TurnId id)
    {
        bool valid = text is not null && Identifier.IsValid(text);
        id = valid ? new TurnId(text!) : default;
        return valid;
    }

    /// <summary>Reads back what <see cref="Create"/> was given as place; false if the server did not make this id.</summary>
    public bool TryGetPlace(out ulong place) => Identifier.TryReadPlace(Value, 't', out place);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
