namespace Passwindow.Bench.Relay;

/// <summary>Where this tree's programs are once they are built for release.</summary>
internal static class Built
{
    /// <summary>The repository.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    public static string Server => Program("src", "Passwindow.Server");

    public static string Program(string room, string project) => Path.Combine(Root, room, project, "bin", "Release", "net10.0", project + ".dll");

    private static string Find(string folder) =>
        File.Exists(Path.Combine(folder, "Passwindow.slnx")) ? folder : Find(Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Run it within the repository."));
}
