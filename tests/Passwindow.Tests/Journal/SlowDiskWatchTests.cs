using Passwindow.Journal.Files;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Journal;

public sealed class SlowDiskWatchTests
{
    private readonly HandTime _time = new();
    private long _batch;
    private int _told;

    [Fact]
    public void A_commit_that_waits_for_more_than_a_second_is_told_once_while_it_waits()
    {
        using var watch = Watch();
        _batch = 7;
        _time.Advance(SlowDiskWatch.Limit);
        Assert.Equal(0, _told);
        _time.Advance(SlowDiskWatch.Limit);
        Assert.Equal(1, _told);
        _time.Advance(SlowDiskWatch.Limit * 10);
        Assert.Equal(1, _told);

        _batch = 8;
        _time.Advance(SlowDiskWatch.Limit * 2);
        Assert.Equal(2, _told);
    }

    [Fact]
    public void Many_quick_commits_one_after_the_other_are_not_taken_for_a_slow_one()
    {
        using var watch = Watch();
        for (_batch = 1; _batch < 20; _batch++)
            _time.Advance(SlowDiskWatch.Limit);
        Assert.Equal(0, _told);
    }

    private SlowDiskWatch Watch() => new(_time, () => _batch, () => _told++);
}
