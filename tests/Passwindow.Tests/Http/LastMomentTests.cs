using Passwindow.Clock;
using Passwindow.Journal;
using Passwindow.Protocol;
using Passwindow.Testing;
using Passwindow.Turns;
using Xunit;

namespace Passwindow.Tests.Http;

/// <summary>The last viewer has left, and one comes back at the very end of <c>Linger</c>.</summary>
public sealed class LastMomentTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(2);

    [Fact]
    public void Who_comes_back_within_50_ms_of_the_end_keeps_the_turn_or_finds_it_abandoned()
    {
        output.WriteLine($"seed {TestDepth.Seed}");
        var random = new Random(TestDepth.Seed);
        for (int i = 0; i < 500; i++)
        {
            var time = new HandTime();
            using var pulse = new Pulse(time);
            var turn = Watched(time, out var viewer);
            pulse.Add(turn);
            time.Advance(TimeSpan.FromMilliseconds(random.Next(200)));
            viewer.Dispose();
            var back = Linger + TimeSpan.FromMilliseconds(random.Next(-50, 51));
            time.Advance(back);

            bool abandoned = turn.Reason == CancelReason.Abandoned;
            Assert.Equal(abandoned, turn.Cancellation.IsCancellationRequested);
            Assert.False(abandoned && back < Linger, "It was abandoned before its time.");
            using var again = turn.Watch();
            time.Advance(Linger * 3);
            Assert.Equal(abandoned ? CancelReason.Abandoned : CancelReason.None, turn.Reason);
        }
    }

    [Fact]
    public void An_abandoned_turn_is_left_within_half_a_second_of_its_time()
    {
        var time = new HandTime();
        using var pulse = new Pulse(time);
        var turn = Watched(time, out var viewer);
        pulse.Add(turn);
        viewer.Dispose();
        time.Advance(Linger - TimeSpan.FromMilliseconds(1));
        Assert.Equal(CancelReason.None, turn.Reason);
        time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(CancelReason.Abandoned, turn.Reason);
    }

    [Fact]
    public async Task A_beat_and_a_viewer_at_the_same_instant_agree_on_who_was_first()
    {
        for (int i = 0; i < TestDepth.Rounds(500, 5_000); i++)
        {
            var time = new HandTime();
            var turn = Watched(time, out var viewer);
            viewer.Dispose();
            time.Advance(Linger);
            using var together = new Barrier(2);
            var beat = Task.Run(() =>
            {
                together.SignalAndWait();
                turn.OnPulse();
            });
            var come = Task.Run(() =>
            {
                together.SignalAndWait();
                _ = turn.Watch();
                return turn.Reason; // what the viewer finds is what stays
            });
            await beat;
            var found = await come;

            time.Advance(Linger * 3);
            turn.OnPulse();
            Assert.Equal(found, turn.Reason);
            Assert.Equal(found != CancelReason.None, turn.Cancellation.IsCancellationRequested);
        }
    }

    private static RunningTurn Watched(HandTime time, out IDisposable viewer)
    {
        var opening = new TurnOpening(new TurnId("t"), TenantId.Default, new ConversationId("c"), User: null, "m", "Hi", time.GetUtcNow());
        var limits = new TurnLimits(Linger, Token: TimeSpan.FromMinutes(1), Turn: TimeSpan.FromMinutes(15), MaxTurns: 1, MaxToolRounds: 1, MaxAnswerBytes: 1);
        var turn = new RunningTurn(opening, reader: null!, limits, time);
        viewer = turn.Watch();
        return turn;
    }
}
