namespace Passwindow.Journal.Files;

/// <summary>
/// All that the journal asks of a file system, so that a test can stand in for it and fail at any call. Calls block; but for reads, they
/// are made on the journal's own threads.
/// </summary>
internal interface IDisk
{
    /// <summary>Keeps every other process off a folder until the result is disposed, or this process dies.</summary>
    /// <exception cref="JournalUnavailableException">Another process holds it.</exception>
    IDisposable Lock(string folder);

    /// <summary>Opens a file for reading and writing, and makes it when <paramref name="create"/> says so and it is missing.</summary>
    /// <exception cref="NoRoomException">There is no room to make it.</exception>
    IDiskFile Open(string path, bool create);

    bool Exists(string path);

    /// <summary>The length of a file that exists, in bytes.</summary>
    long LengthOf(string path)
    {
        using var file = Open(path, create: false);
        return file.Length;
    }

    /// <summary>The full paths of the files in a folder whose names end with <paramref name="ending"/>; none if the folder is missing.</summary>
    IReadOnlyList<string> List(string folder, string ending);

    /// <summary>The full paths of the folders in a folder; none if it is missing.</summary>
    IReadOnlyList<string> Folders(string folder);

    /// <summary>Makes a folder that only its owner can read, and makes its entry durable. Does nothing if it is there.</summary>
    /// <exception cref="NoRoomException">There is no room to make it.</exception>
    void CreateFolder(string path);

    void Delete(string path);

    /// <summary>Makes the entries of a folder durable: needed after a file was made or deleted in it.</summary>
    void SyncFolder(string path);

    /// <summary>How many bytes can still be written where that folder is.</summary>
    long FreeBytes(string folder);
}

/// <summary>An open file. Positions are given with each call; it has no position of its own.</summary>
internal interface IDiskFile : IDisposable
{
    long Length { get; }

    /// <summary>Reads at most a buffer full; less only at the end of the file.</summary>
    int Read(Span<byte> into, long offset);

    /// <summary>Writes all of it, or throws and has written any part of it.</summary>
    /// <exception cref="NoRoomException">The disk, or a quota on it, is full.</exception>
    void Write(ReadOnlySpan<byte> bytes, long offset);

    void Truncate(long length);

    /// <summary>
    /// Makes what was written durable, or throws. A throw is final: what was written since the last success may be gone though it can
    /// still be read, and a second call would report a success that is none.
    /// </summary>
    void Sync();
}

/// <summary>A write failed because the disk, or a quota on it, is full: the one failure that goes away by itself.</summary>
internal sealed class NoRoomException(string message, Exception? innerException = null) : IOException(message, innerException);
