using Passwindow.Bench.Load;
using Xunit;

namespace Passwindow.Bench.Tests;

public class DelayCountsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(1_000_003)]
    [InlineData(3_600_000_000_000)]
    public void A_delay_is_counted_in_a_class_no_more_than_a_sixtyfourth_below_it(long nanoseconds)
    {
        var counts = new DelayCounts();
        counts.Add(nanoseconds);
        double reported = counts.ToDelays()!.P50 * 1e6;
        Assert.InRange(reported, nanoseconds * 63 / 64.0, nanoseconds + 0.001);
    }

    [Fact]
    public void The_percentiles_of_a_thousand_different_delays_are_where_sorting_would_find_them()
    {
        var counts = new DelayCounts();
        foreach (int milliseconds in Enumerable.Range(1, 1_000).Order(Comparer<int>.Create(static (a, b) => (a * 7919 % 1009).CompareTo(b * 7919 % 1009))))
            counts.Add(milliseconds * 1_000_000L);
        var delays = counts.ToDelays()!;
        Assert.Equal(1_000, delays.Count);
        Assert.InRange(delays.P50, 492, 500);
        Assert.InRange(delays.P99, 974, 990);
        Assert.Equal(1_000, delays.Most);
    }
}
