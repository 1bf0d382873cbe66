namespace Passwindow.Trials.Trials;

/// <summary>What every trial is given.</summary>
/// <param name="Count">How many trials.</param>
/// <param name="Seed">The seed of all that is random.</param>
internal sealed record TrialSettings(int Count, int Seed)
{
    public Random Random { get; } = new(Seed);

    /// <summary>A folder of the trial's own on a real disk, removed by whoever made it.</summary>
    public static string MakeFolder() => Directory.CreateTempSubdirectory("passwindow-trial-").FullName;
}
