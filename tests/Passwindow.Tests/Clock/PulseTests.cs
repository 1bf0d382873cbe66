using System.Runtime.CompilerServices;
using Passwindow.Clock;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Clock;

public sealed class PulseTests : IDisposable
{
    private readonly HandTime _time = new();
    private readonly Pulse _pulse;

    public PulseTests() => _pulse = new Pulse(_time);

    public void Dispose() => _pulse.Dispose();

    [Fact]
    public void Each_is_looked_at_when_it_said_and_no_more_than_a_beat_later()
    {
        var patient = new Member(TimeSpan.FromSeconds(10));
        var impatient = new Member(TimeSpan.Zero);
        using var first = _pulse.Add(patient);
        using var second = _pulse.Add(impatient);

        Beat(1);
        Assert.Equal((1, 1), (patient.Looks, impatient.Looks));
        Beat(99);
        Assert.Equal((1, 100), (patient.Looks, impatient.Looks));
        Beat(2);
        Assert.Equal((2, 102), (patient.Looks, impatient.Looks));
    }

    [Fact]
    public void One_that_left_is_not_looked_at_again_and_held_no_longer()
    {
        var left = LeaveOne();
        Assert.Equal(0, _pulse.Count);
        GC.Collect();

        Assert.False(left.IsAlive);
        Beat(200);
    }

    // In a method of its own, so that nothing of it is left on the stack.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference LeaveOne()
    {
        var member = new Member(TimeSpan.FromSeconds(10));
        var pulsing = _pulse.Add(member);
        Beat(1);
        Assert.Equal(1, _pulse.Count);
        pulsing.Dispose();
        pulsing.Dispose();
        return new(member);
    }

    private void Beat(int times)
    {
        for (int i = 0; i < times; i++)
            _time.Advance(Pulse.Interval);
    }

    private sealed class Member(TimeSpan after) : IPulsed
    {
        public int Looks { get; private set; }

        public TimeSpan OnPulse()
        {
            Looks++;
            return after;
        }
    }
}
