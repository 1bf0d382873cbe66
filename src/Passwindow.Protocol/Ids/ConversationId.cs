namespace Passwindow.Protocol;

/// <summary>Names one conversation within its tenant. A client may bring its own of the same form.</summary>
/// <param name="Value">The id in the form of <see cref="Identifier"/>.</param>
public readonly record struct ConversationId(string Value)
{
    /// <summary>Makes a new id that sorts by time and cannot be guessed.</summary>
    public static ConversationId Create(DateTimeOffset time) => new(Identifier.Create('c', time, place: null));

    /// <summary>Reads an id that came from outside; false if it does not have the form of one.</summary>
    public static bool TryParse(string? text, out ConversationId id)
    {
        bool valid = text is not null && Identifier.IsValid(text);
        id = valid ? new ConversationId(text!) : default;
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;
}
