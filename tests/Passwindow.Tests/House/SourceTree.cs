namespace Passwindow.Tests.House;

/// <summary>The repository's own files.</summary>
internal static class SourceTree
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>The C# files below a folder of the repository, generated ones left out.</summary>
    public static IEnumerable<string> CSharp(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(static path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal));

    public static string Name(string path) => Path.GetRelativePath(Root, path);

    private static string Find(string folder) =>
        File.Exists(Path.Combine(folder, "Passwindow.slnx")) ? folder : Find(Path.GetDirectoryName(folder)!);
}
