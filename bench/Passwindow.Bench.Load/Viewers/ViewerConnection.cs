using System.Net.Sockets;
using System.Text;
using Passwindow.Bench.Load.Wire;

namespace Passwindow.Bench.Load.Viewers;

/// <summary>One viewer of one turn: sends its request and checks every token that comes.</summary>
internal sealed class ViewerConnection : Connection
{
    private const int MaxHeadBytes = 16 * 1024;

    private readonly Arrivals _arrivals;
    private readonly BodyReader _body = new();
    private readonly StampScanner _scanner = new();
    private byte[]? _head = [];

    public ViewerConnection(Loop loop, Socket socket, Turn turn, ReadOnlySpan<byte> request, Arrivals arrivals)
        : base(loop, socket)
    {
        Turn = turn;
        _arrivals = arrivals;
        loop.Add(this);
        RequestedAt = Loop.Now;
        Send(request);
    }

    public Turn Turn { get; }

    public long RequestedAt { get; }

    public long FirstTokenAt { get; private set; }

    /// <summary>How many tokens came, each in its place.</summary>
    public int Received { get; private set; }

    /// <summary>The id that the server gave the turn; null before the response's head, and from a server that gives none.</summary>
    public string? TurnId { get; private set; }

    /// <summary>Whether the response is over, well or not.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Whether it was refused or broke off.</summary>
    public bool HasFailed { get; private set; }

    protected override void Take(ReadOnlySpan<byte> bytes)
    {
        long now = Loop.Now;
        if (bytes.IsEmpty)
        {
            Over(failed: true);
            return;
        }

        if (_head is not null && !TryReadHead(ref bytes))
            return;
        while (_body.Next(ref bytes) is { IsEmpty: false } data)
        {
            while (_scanner.TryTake(ref data, out long time, out int number))
                Check(now, time, number);
        }

        if (_body.IsOver)
            Over(failed: false);
    }

    private void Check(long now, long sentAt, int number)
    {
        if (number == Received)
        {
            if (Received++ == 0)
                FirstTokenAt = now;
            _arrivals.Count(now - sentAt);
        }
        else if (!Turn.IsEnded || Received < Turn.Sent)
        {
            // Some dialects repeat the whole text when it is complete; anything else is a fault.
            _arrivals.OutOfOrder++;
            Received = Math.Max(Received, number + 1);
        }
    }

    /// <summary>Leaves the body in <paramref name="bytes"/> once the head is whole.</summary>
    private bool TryReadHead(ref ReadOnlySpan<byte> bytes)
    {
        byte[] begun = [.. _head ?? [], .. bytes];
        _head = begun;
        int end = begun.AsSpan().IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            if (begun.Length > MaxHeadBytes)
                Over(failed: true);
            return false;
        }

        string head = Encoding.Latin1.GetString(begun.AsSpan(0, end));
        bytes = begun.AsSpan(end + 4);
        _head = null;
        TurnId = Header(head, "Passwindow-Turn:");
        if (head.StartsWith("HTTP/1.1 200", StringComparison.Ordinal) && Header(head, "Transfer-Encoding:") == "chunked")
            return true;
        _arrivals.Complain($"{head.Split("\r\n")[0]} {Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, 300)])}");
        Over(failed: true);
        return false;
    }

    private static string? Header(string head, string name) =>
        head.Split("\r\n").FirstOrDefault(line => line.StartsWith(name, StringComparison.OrdinalIgnoreCase))?[name.Length..].Trim();

    private void Over(bool failed)
    {
        IsOver = true;
        HasFailed = failed;
        Close();
    }
}
