namespace Passwindow.Journal.Tools;

/// <summary>Something in a journal's folder that is not as it was written.</summary>
/// <param name="Path">The file.</param>
/// <param name="Offset">Where in it, in bytes.</param>
/// <param name="What">What is wrong there.</param>
/// <param name="IsDamage">Whether anything committed is lost or in doubt. If not, the next start of the server puts it right by itself.</param>
internal sealed record JournalFinding(string Path, long Offset, string What, bool IsDamage = true)
{
    public static JournalFinding Of(JournalDamagedException damage) => new(damage.Path, damage.Offset, damage.What);

    public override string ToString() => $"{(IsDamage ? "damaged" : "note")}: {Path} at byte {Offset}: {What}";
}
