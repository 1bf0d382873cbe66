namespace Passwindow.Server.Tests;

/// <summary>A journal's folder that lasts as long as its test.</summary>
internal sealed class Folder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("passwindow-test-");

    public string Path => _folder.FullName;

    public string Journal => System.IO.Path.Combine(_folder.FullName, "journal");

    public void Dispose() => _folder.Delete(recursive: true);
}
