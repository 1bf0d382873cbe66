using System.Net.Sockets;

namespace Passwindow.Upstream.Loops;

/// <summary>
/// Has the kernel acknowledge what a provider sends a little later, several tokens at once: "A TCP endpoint SHOULD implement a delayed ACK" (RFC 9293, section
/// 3.8.6.3). By default Linux acknowledges every read of a small segment on the spot, which on loopback is two thirds of what the read costs.
/// </summary>
/// <remarks>
/// It may be done only where it delays no token: a sender that uses Nagle's algorithm (section 3.7.4) holds the next one back until the last is acknowledged.
/// Whether it does shows in a trial: who sends again before that does not. Twice in a row, because a single short wait may be the end of a late read.
/// </remarks>
internal sealed class Acknowledging(Socket socket, TimeProvider time)
{
    private const int TcpLevel = 6;      // IPPROTO_TCP
    private const int QuickAcknowledgements = 12; // TCP_QUICKACK (tcp(7)): 0 delays them, 1 sends them at once

    /// <summary>The reads before a trial: the first tokens are not what is tried with.</summary>
    private const int ReadsBetweenTrials = 4;

    private const int MostTrials = 2;

    private const int ShortWaitsToPass = 2;

    /// <summary>The most that is left unacknowledged for sure: Linux acknowledges a full segment at once, and takes none for smaller than 536 bytes (RFC 9293, section 3.7.1).</summary>
    private const int SmallSegment = 500;

    /// <summary>Well below the 40 ms after which Linux acknowledges whatever comes.</summary>
    private static readonly TimeSpan Unacknowledged = TimeSpan.FromMilliseconds(25);

    private Trial _trial;
    private int _trials;
    private int _reads;
    private int _shortWaits;
    private long _readAt;

    private enum Trial
    {
        None,
        Begun,
        Waiting,
        Passed,
        GivenUp,
    }

    /// <summary>Whether acknowledgements are delayed because the sender does not wait for them.</summary>
    public bool AreDelayed => _trial == Trial.Passed;

    /// <summary>A request is about to be written: what the kernel has learned about this connection may have been forgotten while it was idle.</summary>
    public void OnWriting()
    {
        if (_trial == Trial.Passed)
            Set(quick: false);
    }

    /// <summary>Something was read, for which the connection had been waited for.</summary>
    public void OnRead(int bytes)
    {
        switch (_trial)
        {
            case Trial.None when ++_reads == ReadsBetweenTrials:
                _trial = Trial.Begun;
                Set(quick: false); // all that was read is acknowledged: what comes next is not
                break;
            case Trial.Begun:
                _shortWaits = 0;
                Await(bytes);
                break;
            case Trial.Waiting when time.GetElapsedTime(_readAt) >= Unacknowledged:
                Fail();
                break;
            case Trial.Waiting when ++_shortWaits == ShortWaitsToPass:
                _trial = Trial.Passed;
                break;
            case Trial.Waiting:
                Await(bytes);
                break;
        }
    }

    /// <summary>So much was read and is not acknowledged: when does the next come?</summary>
    private void Await(int bytes)
    {
        if (bytes > SmallSegment)
        {
            Fail();
            return;
        }

        _readAt = time.GetTimestamp();
        _trial = Trial.Waiting;
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
}
