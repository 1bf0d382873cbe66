namespace Passwindow.Server.Tests;

/// <summary>A journal's folder that lasts as long as its test.</summary>
internal sealed class Folder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("passwindow-test-");

    public string Journal => Path.Combine(_folder.FullName, "journal");

    public void Dispose() => _folder.Delete(recursive: true);
}
