using Passwindow.Upstream.Loops;
using Xunit;

namespace Passwindow.Tests.Upstream.Loops;

public sealed class RoundSpacingTests
{
    private static readonly TimeSpan s_most = TimeSpan.FromMicroseconds(200);

    [Fact]
    public void Where_little_comes_rounds_are_as_far_apart_as_they_may_be_and_where_much_comes_as_long_as_a_few_take()
    {
        var spacing = new RoundSpacing(s_most, gathered: 5);
        Assert.Equal(s_most, spacing.Value);
        Rounds(ref spacing, TimeSpan.FromSeconds(10), count: 1); // nothing for long
        Assert.Equal(s_most, spacing.Value);
        Rounds(ref spacing, TimeSpan.FromMicroseconds(200), count: 2); // 10,000 tokens a second
        Assert.Equal(s_most, spacing.Value);
        Rounds(ref spacing, TimeSpan.FromMicroseconds(200), count: 10); // 50,000
        Assert.InRange(spacing.Value.TotalMicroseconds, 99, 103);
        Rounds(ref spacing, TimeSpan.FromMicroseconds(100), count: 5); // what comes of it holds
        Assert.InRange(spacing.Value.TotalMicroseconds, 99, 103);
        Rounds(ref spacing, TimeSpan.FromMilliseconds(50), count: 1);
        Assert.Equal(s_most, spacing.Value);
    }

    [Fact]
    public void One_burst_does_not_decide()
    {
        var spacing = new RoundSpacing(s_most, gathered: 5);
        spacing.OnRound(TimeSpan.FromMicroseconds(200), count: 1_000);
        Assert.Equal(s_most, spacing.Value);
    }

    [Fact]
    public void Where_each_round_is_dear_the_spacing_is_what_was_asked_for()
    {
        var spacing = new RoundSpacing(s_most);
        Rounds(ref spacing, TimeSpan.FromMicroseconds(200), count: 1_000);
        Assert.Equal(s_most, spacing.Value);
    }

    private static void Rounds(ref RoundSpacing spacing, TimeSpan elapsed, int count)
    {
        for (int i = 0; i < 50; i++)
            spacing.OnRound(elapsed, count);
    }
}
