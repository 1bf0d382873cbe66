using Passwindow.Bench.Load.Provider;

namespace Passwindow.Bench.Load;

/// <summary>One turn as both ends of the load see it: what the provider sent, and when. Times are nanoseconds of the monotonic clock, 0 for what has not happened.</summary>
internal sealed class Turn(int number, int pace, int tokens)
{
    public int Number => number;

    /// <summary>Tokens a second, or one of <see cref="Load.Pace"/>.</summary>
    public int Pace => pace;

    /// <summary>Tokens after which it ends by itself; 0: when it is told to.</summary>
    public int Tokens => tokens;

    /// <summary>What the model is asked; the provider knows the turn by it.</summary>
    public string Prompt => $"{PromptMark}{number}:";

    public const string PromptMark = "bench-turn:";

    /// <summary>Tokens the provider has sent.</summary>
    public int Sent { get; set; }

    /// <summary>Whether the provider has sent the end.</summary>
    public bool IsEnded { get; set; }

    public long AskedAt { get; set; }

    public long FirstTokenAt { get; set; }

    /// <summary>When the provider noticed that its client was gone.</summary>
    public long UpstreamClosedAt { get; set; }

    public ProviderConnection? Upstream { get; set; }
}
