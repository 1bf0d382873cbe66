namespace Passwindow.Journal.Files;

/// <summary>
/// All that the journal asks of a file system, so that a test can stand in for it and fail at any call. Calls block; they are made on
/// the journal's own threads.
/// </summary>
internal interface IDisk
{
    /// <summary>Opens a file for reading and writing, and makes it when <paramref name="create"/> says so and it is missing.</summary>
    IDiskFile Open(string path, bool create);

    bool Exists(string path);

    /// <summary>The full paths of the files in a folder whose names end with <paramref name="ending"/>; none if the folder is missing.</summary>
    IEnumerable<string> List(string folder, string ending);

    /// <summary>The full paths of the folders in a folder; none if it is missing.</summary>
    IEnumerable<string> Folders(string folder);

    /// <summary>Makes a folder that only its owner can read, and makes its entry durable.</summary>
    void CreateFolder(string path);

    void Delete(string path);

    /// <summary>Makes the entries of a folder durable: needed after a file was made, renamed or deleted in it.</summary>
    void SyncFolder(string path);
}

/// <summary>An open file. Positions are given with each call; it has no position of its own.</summary>
internal interface IDiskFile : IDisposable
{
    long Length { get; }

    /// <summary>Reads at most a buffer full; less only at the end of the file.</summary>
    int Read(Span<byte> into, long offset);

    void Write(ReadOnlySpan<byte> bytes, long offset);

    void Truncate(long length);

    /// <summary>Makes what was written durable, or throws. After a throw nothing may be written to this file any more.</summary>
    void Sync();
}
