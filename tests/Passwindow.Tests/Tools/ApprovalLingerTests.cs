using Passwindow.Clock;
using Passwindow.Journal;
using Passwindow.Protocol;
using Passwindow.Testing;
using Passwindow.Turns;
using Xunit;

namespace Passwindow.Tests.Tools;

/// <summary>While a turn waits for people alone, nobody pays for it: so nobody has to watch it.</summary>
public sealed class ApprovalLingerTests
{
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(500);

    [Fact]
    public void It_is_not_abandoned_and_after_the_answer_somebody_has_time_to_come()
    {
        var time = new HandTime();
        using var pulse = new Pulse(time);
        var turn = Leave(time, pulse, Linger);

        time.Advance(Linger * 100);
        Assert.Equal(CancelReason.None, turn.Reason);
        turn.Answer([new Approval("a", IsApproved: true, Reason: null)]);
        time.Advance(Linger - Moment);
        Assert.Equal(CancelReason.None, turn.Reason);
        time.Advance(Moment * 2);
        Assert.Equal(CancelReason.Abandoned, turn.Reason);
    }

    [Fact]
    public void Nor_is_it_where_leaving_cancels_at_once()
    {
        var time = new HandTime();
        using var pulse = new Pulse(time);
        var turn = Leave(time, pulse, TimeSpan.Zero);

        time.Advance(Linger);
        Assert.Equal(CancelReason.None, turn.Reason);
        turn.Answer([new Approval("a", IsApproved: false, Reason: null)]);
        time.Advance(Moment);
        Assert.Equal(CancelReason.Abandoned, turn.Reason);
    }

    [Fact]
    public void A_tool_at_work_beside_it_works_for_somebody()
    {
        var time = new HandTime();
        using var pulse = new Pulse(time);
        var turn = Leave(time, pulse, Linger, new RoundCall("b", "look", []));

        time.Advance(Linger + Moment);
        Assert.Equal(CancelReason.Abandoned, turn.Reason);
    }

    [Fact]
    public void The_turn_has_an_end_all_the_same()
    {
        var time = new HandTime();
        using var pulse = new Pulse(time);
        var turn = Leave(time, pulse, Linger);

        time.Advance(TimeSpan.FromMinutes(15) + Moment);
        Assert.Equal(CancelReason.TurnTimeout, turn.Reason);
    }

    /// <summary>A turn that asked for a yes and whose viewer has left.</summary>
    private static RunningTurn Leave(HandTime time, Pulse pulse, TimeSpan linger, params RoundCall[] atWork)
    {
        var opening = new TurnOpening(new TurnId("t"), TenantId.Default, new ConversationId("c"), User: null, "m", "Hi", time.GetUtcNow());
        var limits = new TurnLimits(linger, Token: TimeSpan.FromMinutes(1), Turn: TimeSpan.FromMinutes(15), MaxTurns: 1, MaxToolRounds: 1, MaxAnswerBytes: 1);
        var turn = new RunningTurn(opening, reader: null!, limits, time);
        turn.Begin();
        var viewer = turn.Watch();
        turn.Approvals.Leave([new RoundCall("a", "pay", []) { Approval = turn.Approvals.Ask("a") }, .. atWork]);
        viewer.Dispose();
        pulse.Add(turn);
        return turn;
    }
}
