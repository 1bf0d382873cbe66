using Passwindow.Testing;
using Xunit;

namespace Passwindow.Protocol.Tests.Testing;

public sealed class HandTimeTests
{
    [Fact]
    public void Timers_fire_in_the_order_of_their_times_and_see_their_own_time()
    {
        var time = new HandTime();
        var start = time.GetUtcNow();
        var fired = new List<(string Name, TimeSpan At)>();
        void Timer(string name, int due, int period) =>
            time.CreateTimer(_ => fired.Add((name, time.GetUtcNow() - start)), null, TimeSpan.FromSeconds(due), TimeSpan.FromSeconds(period));
        Timer("late", 3, 0);
        Timer("every", 1, 2);
        Timer("early", 1, 0);

        time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(["every@1", "early@1", "late@3", "every@3", "every@5"], fired.Select(f => $"{f.Name}@{f.At.TotalSeconds}"));
        Assert.Equal(TimeSpan.FromSeconds(5), time.GetElapsedTime(0));
        Assert.Equal(1, time.ArmedTimers);
    }

    [Fact]
    public void A_callback_may_arm_a_timer_that_falls_due_within_the_same_advance()
    {
        var time = new HandTime();
        var fired = new List<double>();
        ITimer? timer = null;
        timer = time.CreateTimer(_ =>
        {
            fired.Add(time.GetElapsedTime(0).TotalSeconds);
            timer!.Change(TimeSpan.FromSeconds(2), Timeout.InfiniteTimeSpan);
        }, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);

        time.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal([1, 3, 5], fired);
    }

    [Fact]
    public void A_timer_that_was_stopped_or_put_off_does_not_fire()
    {
        var time = new HandTime();
        int fired = 0;
        var stopped = time.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        var putOff = time.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        stopped.Dispose();
        Assert.False(stopped.Change(TimeSpan.Zero, TimeSpan.Zero));
        putOff.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(0, fired);
        Assert.Equal(0, time.ArmedTimers);
    }

    [Fact]
    public async Task Delays_and_cancellation_follow_the_hand()
    {
        var time = new HandTime();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(15), time);
        var delay = Task.Delay(TimeSpan.FromSeconds(10), time);
        await time.TimerDueInAsync(TimeSpan.FromSeconds(10));

        time.Advance(TimeSpan.FromTicks(TimeSpan.TicksPerSecond * 10 - 1));
        Assert.False(delay.IsCompleted);
        time.Advance(TimeSpan.FromTicks(1));
        await delay;
        Assert.False(limit.IsCancellationRequested);
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.True(limit.IsCancellationRequested);
    }

    [Fact]
    public async Task A_test_can_wait_until_the_code_has_armed_its_timer()
    {
        var time = new HandTime();
        var armed = time.TimerDueInAsync(TimeSpan.FromSeconds(7));
        time.CreateTimer(_ => { }, null, TimeSpan.FromSeconds(8), Timeout.InfiniteTimeSpan);
        Assert.False(armed.IsCompleted);

        time.Advance(TimeSpan.FromSeconds(1));

        await armed;
    }

    [Fact]
    public void A_jump_of_the_wall_clock_moves_no_timer_and_no_timestamp()
    {
        var time = new HandTime();
        var start = time.GetUtcNow();
        bool fired = false;
        time.CreateTimer(_ => fired = true, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);

        time.JumpWallClock(TimeSpan.FromDays(-1));

        Assert.Equal(start.AddDays(-1), time.GetUtcNow());
        Assert.Equal(0, time.GetTimestamp());
        Assert.False(fired);
    }
}
