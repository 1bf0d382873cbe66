using Passwindow.Clock;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Server.Tests;

public sealed class MemoryReturnTests
{
    private readonly HandTime _time = new();

    [Fact]
    public void It_is_due_once_when_nine_in_ten_of_a_crowd_have_been_gone_for_a_while()
    {
        var memory = Memory();
        Assert.False(memory.IsDue(1000));
        Assert.False(memory.IsDue(100));
        _time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.False(memory.IsDue(100));
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.True(memory.IsDue(100));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(memory.IsDue(50));
    }

    [Fact]
    public void Those_who_come_back_in_between_put_it_off()
    {
        var memory = Memory();
        Assert.False(memory.IsDue(1000));
        Assert.False(memory.IsDue(10));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.False(memory.IsDue(400));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.False(memory.IsDue(10));
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.True(memory.IsDue(10));
    }

    [Fact]
    public void A_few_are_no_crowd()
    {
        var memory = Memory();
        Assert.False(memory.IsDue(499));
        Assert.False(memory.IsDue(0));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(memory.IsDue(0));
    }

    private MemoryReturn Memory() => new(new Pulse(_time), _time);
}
