using Passwindow.Protocol;

namespace Passwindow.Client;

/// <summary>What a person's answer needs to find its call again, whichever client gives it: the call, and where the turn waits for it.</summary>
/// <param name="At">The event that asked.</param>
/// <param name="Call">The call's id.</param>
internal readonly record struct ApprovalId(EventCursor At, string Call)
{
    /// <exception cref="ArgumentException">It is no id of this client.</exception>
    public static ApprovalId Parse(string text)
    {
        int space = text.IndexOf(' ', StringComparison.Ordinal);
        return space > 0 && EventCursor.TryParse(text.AsSpan(0, space), out var at)
            ? new ApprovalId(at, text[(space + 1)..])
            : throw new ArgumentException("This approval was asked for by another client.", nameof(text));
    }

    public override string ToString() => $"{At} {Call}";
}
