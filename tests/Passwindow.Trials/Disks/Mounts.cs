namespace Passwindow.Trials.Disks;

/// <summary>Mounts of one trial below one folder, which are gone, with the folder, when this is disposed.</summary>
internal sealed class Mounts : IAsyncDisposable
{
    private readonly Stack<string> _mounted = new();

    public Mounts()
    {
        Folder = Directory.CreateTempSubdirectory("passwindow-disks-").FullName;
        // A trial that is broken off must not leave mounts behind.
        Console.CancelKeyPress += (_, _) => DisposeAsync().AsTask().Wait();
    }

    public string Folder { get; }

    /// <summary>A path below the folder.</summary>
    public string At(string name) => Path.Combine(Folder, name);

    /// <summary>Makes a sparse image with a file system in it.</summary>
    public static async Task MakeImageAsync(string path, long megabytes, string fileSystem)
    {
        await Shell.RunAsync("truncate", "-s", $"{megabytes}M", path);
        string[] make = fileSystem switch
        {
            "ext4" => ["mkfs.ext4", "-q", "-F", path],
            "btrfs" => ["mkfs.btrfs", "-q", "-f", path],
            "xfs" => ["mkfs.xfs", "-q", "-f", "-m", "reflink=1", path],
            _ => throw new TrialException($"There is no trial on {fileSystem}."),
        };
        await Shell.RunAsync(make);
    }

    /// <summary>Mounts an image, and returns where.</summary>
    public Task<string> MountImageAsync(string image, string name, string options = "loop") => MountAsync(name, "-o", options, image);

    /// <summary>Mounts a file system in memory of that size, and returns where.</summary>
    public Task<string> MountMemoryAsync(string name, string size) => MountAsync(name, "-t", "tmpfs", "-o", $"size={size}", "tmpfs");

    public async Task UnmountAsync(string path)
    {
        await UnmountNowAsync(path);
        var others = _mounted.Where(each => each != path).Reverse().ToList();
        _mounted.Clear();
        foreach (string other in others)
            _mounted.Push(other);
    }

    public async ValueTask DisposeAsync()
    {
        while (_mounted.TryPop(out string? path))
            await UnmountNowAsync(path);
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
    }

    private async Task<string> MountAsync(string name, params string[] how)
    {
        string path = At(name);
        Directory.CreateDirectory(path);
        await Shell.RunAsync(["mount", .. how, path]);
        _mounted.Push(path);
        return path;
    }

    // A loop device may be busy for a moment after its last user died.
    private static async Task UnmountNowAsync(string path)
    {
        for (int i = 0; i < 50; i++)
        {
            if ((await Shell.TryAsync("umount", path)).Code == 0)
                return;
            await Task.Delay(100);
        }

        await Shell.RunAsync("umount", "-l", path);
    }
}
