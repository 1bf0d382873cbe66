using System.Net.Sockets;
using Passwindow.Bench.Load.Wire;

namespace Passwindow.Bench.Load.Provider;

/// <summary>One connection to the provider: requests one after the other, each answered by its turn's tokens.</summary>
internal sealed class ProviderConnection : Connection
{
    private const int MaxRequestBytes = 1024 * 1024;

    private readonly Turns _turns;
    private byte[] _request = [];
    private int _requestBytes;
    private Turn? _turn;
    private ProviderApi _api = ProviderApi.OpenAI;

    public ProviderConnection(Loop loop, Socket socket, Turns turns)
        : base(loop, socket)
    {
        _turns = turns;
        loop.Add(this);
    }

    /// <summary>A paced token is due. One that the socket does not take in time is not made up for.</summary>
    public void Due(long due)
    {
        if (!IsOpen || _turn is not { } turn)
            return;
        if (!IsBlocked)
            SendTokens(turn, 1);
        if (_turn is not null)
            Loop.Schedule(this, due + (1_000_000_000 / turn.Pace));
    }

    /// <summary>Sends the end of the running answer.</summary>
    public void End()
    {
        if (_turn is not { } turn || !IsOpen)
            return;
        _turn = null;
        turn.IsEnded = true;
        turn.Upstream = null;
        WatchWritable(false);
        Send(_api.End);
    }

    protected override void Writable()
    {
        if (_turn is { Pace: Pace.FlatOut } turn)
        {
            SendTokens(turn, turn.Tokens == 0 ? ProviderApi.TokensTogether : Math.Min(ProviderApi.TokensTogether, turn.Tokens - turn.Sent));
            if (_turn is not null)
                WatchWritable(true);
        }
    }

    protected override void Take(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            if (_turn is { } turn)
            {
                turn.UpstreamClosedAt = Loop.Now;
                turn.Upstream = null;
                _turn = null;
            }

            Close();
            return;
        }

        if (_request.Length < _requestBytes + bytes.Length)
            Array.Resize(ref _request, Math.Min(MaxRequestBytes, Math.Max(2048, (_requestBytes + bytes.Length) * 2)));
        bytes.CopyTo(_request.AsSpan(_requestBytes));
        _requestBytes += bytes.Length;
        if (RequestText.TryRead(_request.AsSpan(0, _requestBytes), out var path, out var body))
        {
            _requestBytes = 0;
            Answer(path, body);
        }
    }

    private void Answer(ReadOnlySpan<byte> path, ReadOnlySpan<byte> body)
    {
        _api = ApiOf(path);
        Send(_api.Head);
        if (_turns.Find(RequestText.TurnNumber(body)) is not { IsEnded: false, Upstream: null } turn)
        {
            Send(_api.End); // somebody else's question
            return;
        }

        _turn = turn;
        turn.Upstream = this;
        turn.AskedAt = Loop.Now;
        if (turn.Pace == Pace.FlatOut)
        {
            WatchWritable(true);
            return;
        }

        // The first token at once; the others in step with each other no more than chance would have them.
        SendTokens(turn, 1);
        if (turn.Pace > 0)
            Loop.Schedule(this, turn.AskedAt + (long)(1e9 / turn.Pace * (0.5 + (turn.Number * 0.618_033_988_75 % 1))));
    }

    private static ProviderApi ApiOf(ReadOnlySpan<byte> path)
    {
        foreach (var api in ProviderApi.All)
        {
            if (path.IndexOf(api.Path) >= 0)
                return api;
        }

        return ProviderApi.OpenAI;
    }

    private void SendTokens(Turn turn, int count)
    {
        long now = Loop.Now;
        if (turn.Sent == 0)
            turn.FirstTokenAt = now;
        Send(_api.Tokens(turn.Sent, count, now));
        turn.Sent += count;
        if (turn.Tokens > 0 && turn.Sent >= turn.Tokens)
            End();
    }
}
