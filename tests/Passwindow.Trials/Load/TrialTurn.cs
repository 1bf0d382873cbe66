namespace Passwindow.Trials.Load;

/// <summary>One turn of a trial: what its upstream sent, what its viewers saw, what the control client was answered.</summary>
internal sealed class TrialTurn(string nonce, int tokens, string padding = "")
{
    private int _requests;
    private int _sent;

    /// <summary>Stands in the message and in every token, so that nothing can be taken for something else.</summary>
    public string Nonce => nonce;

    /// <summary>The conversation, which the client names.</summary>
    public string Conversation => $"c_{nonce}";

    /// <summary>How many tokens the upstream would send in all.</summary>
    public int Tokens => tokens;

    /// <summary>How many tokens the upstream began to send.</summary>
    public int Sent => Volatile.Read(ref _sent);

    /// <summary>Whether the upstream began to send its own end marker.</summary>
    public bool Finished { get; set; }

    /// <summary>How often the upstream was asked.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>When the upstream saw its client leave before the end; 0 if it did not.</summary>
    public long UpstreamLeftAt { get; set; }

    /// <summary>The turn's id, once the server has named it.</summary>
    public string? Id { get; set; }

    /// <summary>The last number and the reason of a stop that was answered.</summary>
    public (long LastSeq, string Reason)? StopReceipt { get; set; }

    public List<TrialViewer> Viewers { get; } = [];

    public string Token(int index) => $"{nonce}.{index} {padding}";

    public void Asked() => Interlocked.Increment(ref _requests);

    public void Sending(int index) => Volatile.Write(ref _sent, index + 1);
}
