using System.Globalization;
using Passwindow.Journal;
using Passwindow.Journal.Files;
using Xunit;

namespace Passwindow.Tests.Journal;

public sealed class FolderLockTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("passwindow-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_second_taker_is_refused_with_the_folder_and_the_holders_process_id()
    {
        using var held = FolderLock.Take(_folder);
        var refused = Assert.Throws<JournalUnavailableException>(() => FolderLock.Take(_folder));
        Assert.Contains(_folder, refused.Message);
        Assert.Contains("pid " + Environment.ProcessId.ToString(CultureInfo.InvariantCulture), refused.Message);
    }

    [Fact]
    public void The_folder_is_free_once_its_holder_lets_go()
    {
        FolderLock.Take(_folder).Dispose();
        FolderLock.Take(_folder).Dispose();
    }

    [Fact]
    public void A_lock_that_cannot_be_made_is_not_taken_for_one_that_is_held()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "lock"));
        var refused = Assert.Throws<JournalUnavailableException>(() => FolderLock.Take(_folder));
        Assert.DoesNotContain("Another process", refused.Message);
    }

    [Fact]
    public void A_holder_that_cannot_say_who_it_is_holds_all_the_same()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "lock.pid"));
        using var held = FolderLock.Take(_folder);
        Assert.Contains("Another process holds", Assert.Throws<JournalUnavailableException>(() => FolderLock.Take(_folder)).Message);
    }
}
