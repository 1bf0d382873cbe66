using Microsoft.Extensions.Logging.Abstractions;
using Passwindow.Journal;
using Passwindow.Journal.Files;

namespace Passwindow.Tests.Journal;

/// <summary>The embedded journal on the real file system.</summary>
public sealed class FileJournalBehaviour : JournalBehaviour
{
    private readonly string _folder = Directory.CreateTempSubdirectory("passwindow-").FullName;

    internal override ValueTask<IJournal> OpenAsync() =>
        new(FileJournal.Open(new FileJournalSettings(_folder, Durability.Fsync), TimeProvider.System, NullLogger<FileJournal>.Instance));

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>The same with write-ahead files so small that every few events roll one over, and without syncs before showing.</summary>
public sealed class SmallFilesJournalBehaviour : JournalBehaviour
{
    private readonly string _folder = Directory.CreateTempSubdirectory("passwindow-").FullName;

    internal override ValueTask<IJournal> OpenAsync() =>
        new(FileJournal.Open(new FileJournalSettings(_folder, Durability.Os, MaxWriteAheadBytes: 2_000), TimeProvider.System, NullLogger<FileJournal>.Instance));

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
