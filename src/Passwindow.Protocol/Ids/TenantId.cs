namespace Passwindow.Protocol;

/// <summary>Whose data it is. What belongs to another tenant does not exist for a caller (contract, promise 7).</summary>
/// <param name="Value">The id in the form of <see cref="Identifier"/>.</param>
public readonly record struct TenantId(string Value)
{
    /// <summary>The tenant of a server without authentication.</summary>
    public static TenantId Default { get; } = new("default");

    /// <summary>Reads an id that came from outside; false if it does not have the form of one.</summary>
    public static bool TryParse(string? text, out TenantId id)
    {
        bool valid = text is not null && Identifier.IsValid(text);
        id = valid ? new TenantId(text!) : default;
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;
}
