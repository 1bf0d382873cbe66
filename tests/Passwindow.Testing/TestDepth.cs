namespace Passwindow.Testing;

/// <summary>
/// How much of a test that could go on for ever is run: a quick part always, the full part when <c>PASSWINDOW_TESTS=full</c> is set.
/// </summary>
public static class TestDepth
{
    /// <summary>The trait of a class that <c>./test --quick</c> leaves out, with <see cref="Full"/> as its value: long journeys through browsers and real clients.</summary>
    public const string Trait = "depth";

    /// <inheritdoc cref="Trait"/>
    public const string Full = "full";

    /// <summary>Whether the full part is asked for.</summary>
    public static bool IsFull { get; } = Environment.GetEnvironmentVariable("PASSWINDOW_TESTS") == "full";

    /// <summary>How many rounds to run.</summary>
    public static int Rounds(int quick, int full) => IsFull ? full : quick;

    /// <summary>
    /// The seed of this run: <c>PASSWINDOW_SEED</c> to repeat one, else a new one. A test that uses it prints it.
    /// </summary>
    public static int Seed { get; } = int.TryParse(Environment.GetEnvironmentVariable("PASSWINDOW_SEED"), out int seed) ? seed : Random.Shared.Next();
}
