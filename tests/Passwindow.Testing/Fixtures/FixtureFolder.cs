namespace Passwindow.Testing.Fixtures;

/// <summary>Finds <c>tests/fixtures</c> from wherever the tests were built to.</summary>
public static class FixtureFolder
{
    private static readonly string Root = Find();

    /// <summary>The full path of a fixture, given in parts below <c>tests/fixtures</c>.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "tests", "fixtures");
            if (Directory.Exists(candidate))
                return candidate;
        }

        throw new DirectoryNotFoundException($"No tests/fixtures above {AppContext.BaseDirectory}.");
    }
}
