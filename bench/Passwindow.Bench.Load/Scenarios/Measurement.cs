using Passwindow.Bench.Load.Viewers;
using Passwindow.Bench.Load.Wire;

namespace Passwindow.Bench.Load.Scenarios;

/// <summary>What every scenario does: open, wait, measure a window, end, and look whether all came.</summary>
internal sealed class Measurement(Loop loop, Turns turns, LoadCommand command)
{
    /// <summary>How long nothing at all may come before what is waited for is given up.</summary>
    private const int PatienceMilliseconds = 20_000;

    /// <summary>A server that used less than a twentieth of its core for so long has done with what came before.</summary>
    private const int QuietMilliseconds = 200;

    private readonly List<Turn> _started = [];
    private long _bytesBefore;
    private long _cpu;
    private long _ownCpu;
    private long _windowStart;
    private long _bytesDuring;

    public Loop Loop => loop;

    public LoadCommand Command => command;

    public Audience Audience { get; } = new(loop, command);

    /// <summary>Lets the server finish what the last measurement left it (files to be stored, memory to be given back), at most a few seconds.</summary>
    public void AwaitQuiet()
    {
        for (int left = 25; left > 0; left--)
        {
            long before = ServerCost.CpuNanoseconds(command.Processes);
            loop.RunFor(QuietMilliseconds);
            if (ServerCost.CpuNanoseconds(command.Processes) - before < QuietMilliseconds * 1_000_000L / 20)
                break;
        }

        _bytesBefore = ServerCost.ResidentBytes(command.Processes);
    }

    public ViewerConnection Start(int pace, int tokens)
    {
        var turn = turns.Create(pace, tokens);
        _started.Add(turn);
        return Audience.Start(turn);
    }

    /// <summary>Does it so many times, as fast as connections may be opened.</summary>
    public void Spread(int count, Action<int> open)
    {
        long begun = Loop.Now;
        for (int i = 0; i < count; i++)
        {
            loop.RunUntil(begun + (i * 1_000_000_000L / command.OpenedPerSecond));
            open(i);
        }
    }

    /// <summary>Waits until it is so; false once nothing has come for long.</summary>
    public bool WaitFor(Func<bool> isSo)
    {
        for (long before = -1; before < Audience.Arrivals.All;)
        {
            before = Audience.Arrivals.All;
            if (loop.RunUntil(isSo, PatienceMilliseconds))
                return true;
        }

        return false;
    }

    public void OpenWindow()
    {
        Audience.Arrivals.IsCounting = true;
        _windowStart = Loop.Now;
        _ownCpu = ServerCost.OwnCpuNanoseconds();
        _cpu = ServerCost.CpuNanoseconds(command.Processes);
    }

    public void CloseWindow()
    {
        _cpu = ServerCost.CpuNanoseconds(command.Processes) - _cpu;
        _ownCpu = ServerCost.OwnCpuNanoseconds() - _ownCpu;
        Audience.Arrivals.IsCounting = false;
        _windowStart = Loop.Now - _windowStart;
        _bytesDuring = ServerCost.ResidentBytes(command.Processes);
    }

    /// <summary>Ends what still runs, waits until all viewers have seen it, and says what came.</summary>
    public LoadResult Finish(DelayCounts? delays = null)
    {
        foreach (var turn in _started)
            turn.Upstream?.End();
        WaitFor(() => Audience.Viewers.All(static viewer => !viewer.IsOpen));
        var result = new LoadResult
        {
            Delivered = Audience.Arrivals.Delivered,
            Lost = Audience.Viewers.Where(static viewer => viewer.IsOver || viewer.IsOpen).Sum(static viewer => (long)viewer.Turn.Sent - viewer.Received),
            OutOfOrder = Audience.Arrivals.OutOfOrder,
            Opened = Audience.Viewers.Count,
            Failed = Audience.Viewers.Count(static viewer => viewer.HasFailed || viewer.IsOpen),
            CpuNanoseconds = _cpu,
            WindowNanoseconds = _windowStart,
            LoadShare = _windowStart > 0 ? (double)_ownCpu / _windowStart : 0,
            Delays = (delays ?? Audience.Arrivals.Delays).ToDelays(),
            BytesBefore = _bytesBefore,
            BytesDuring = _bytesDuring,
            Failure = Audience.Arrivals.Complaint,
        };
        foreach (var viewer in Audience.Viewers)
            viewer.Close();
        if (command.AfterMilliseconds == 0)
            return result;
        loop.RunFor(command.AfterMilliseconds);
        return result with { BytesAfter = ServerCost.ResidentBytes(command.Processes) };
    }
}
