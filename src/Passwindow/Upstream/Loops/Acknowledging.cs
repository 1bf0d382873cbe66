using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Passwindow.Upstream.Loops;

/// <summary>
/// Has the kernel acknowledge what a provider sends a little later, two tokens at once: "A TCP endpoint SHOULD implement a delayed ACK" (RFC 9293, section
/// 3.8.6.3). By default Linux acknowledges every read of a small segment on the spot, which on loopback is two thirds of what the read costs.
/// </summary>
/// <remarks>
/// It may be done only where it delays no token: a sender that uses Nagle's algorithm (section 3.7.4) holds the next small segment back until the last is acknowledged.
/// A trial shows whether it does: who has sent two of them, and we not one acknowledgement meanwhile, does not. No clock is asked, but the kernel for what it counts.
/// A value, in the stream itself: of a thousand connections each object on the way is out of the processor's caches.
/// </remarks>
internal struct Acknowledging(Socket socket)
{
    private const int TcpLevel = 6;               // IPPROTO_TCP
    private const int Information = 11;           // TCP_INFO (tcp(7))
    private const int QuickAcknowledgements = 12; // TCP_QUICKACK (tcp(7)): 0 delays them, 1 sends them at once

    // struct tcp_info in linux/tcp.h, since Linux 4.6: tcpi_segs_out and tcpi_data_segs_in
    private const int SegmentsSent = 136;
    private const int DataSegmentsReceived = 152;

    /// <summary>The reads before the first trial: the first tokens are not what is tried with. Before each further one there are twice as many.</summary>
    private const int ReadsBeforeTrial = 4;

    /// <summary>A trial is cheap, and fails where the machine is late, as when a thousand answers begin at once: the last is made a thousand tokens later.</summary>
    private const int MostTrials = 8;

    /// <summary>The most that is left unacknowledged for sure: Linux acknowledges a full segment at once, and takes none for smaller than 536 bytes (RFC 9293, section 3.7.1).</summary>
    private const int SmallSegment = 500;

    private Trial _trial;
    private int _trials;
    private int _reads;
    private (uint Sent, uint DataReceived) _before;
    private bool _areTwo;

    private enum Trial
    {
        None,
        First,
        Second,
        Passed,
        GivenUp,
    }

    /// <summary>Whether acknowledgements are delayed because the sender does not wait for them.</summary>
    public readonly bool AreDelayed => _trial == Trial.Passed;

    /// <summary>A request is about to be written: what the kernel has learned about this connection may have been forgotten while it was idle.</summary>
    public void OnWriting()
    {
        if (_trial == Trial.Passed)
            Set(quick: false);
    }

    /// <summary>Something may be there, which is about to be read.</summary>
    public void OnReading()
    {
        if (_trial != Trial.Second)
            return;
        var now = Count();
        _areTwo = now.Sent == _before.Sent && now.DataReceived - _before.DataReceived >= 2;
    }

    /// <summary>So much was.</summary>
    public void OnRead(int bytes)
    {
        switch (_trial)
        {
            case Trial.None when ++_reads == ReadsBeforeTrial << _trials:
                (_trial, _areTwo) = (Trial.First, false);
                _before = Count();
                if (_trial == Trial.First)
                    Set(quick: false);
                break;
            case Trial.First when bytes <= SmallSegment:
                _trial = Trial.Second;
                break;
            case Trial.Second when bytes <= SmallSegment && _areTwo:
                _trial = Trial.Passed;
                break;
            case Trial.First or Trial.Second:
                Fail();
                break;
        }
    }

    private void Fail()
    {
        _reads = 0;
        _trial = ++_trials < MostTrials ? Trial.None : Trial.GivenUp;
        Set(quick: true);
    }

    private void Set(bool quick)
    {
        try
        {
            socket.SetRawSocketOption(TcpLevel, QuickAcknowledgements, BitConverter.GetBytes(quick ? 1 : 0));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            _trial = Trial.GivenUp; // it goes without
        }
    }

    /// <summary>How many segments were sent on this connection, acknowledgements among them, and how many with data came.</summary>
    private (uint Sent, uint DataReceived) Count()
    {
        Span<byte> information = stackalloc byte[DataSegmentsReceived + sizeof(uint)];
        try
        {
            if (socket.GetRawSocketOption(TcpLevel, Information, information) == information.Length)
                return (MemoryMarshal.Read<uint>(information[SegmentsSent..]), MemoryMarshal.Read<uint>(information[DataSegmentsReceived..]));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It goes without, as on an older kernel.
        }

        _trial = Trial.GivenUp;
        return default;
    }
}
