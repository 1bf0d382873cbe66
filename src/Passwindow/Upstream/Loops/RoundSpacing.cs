namespace Passwindow.Upstream.Loops;

/// <summary>
/// How far apart rounds begin: until some connections are likely to have something, because to wake for one costs nearly as much as for a few, and never further
/// than so. Where much comes that is soon.
/// </summary>
internal struct RoundSpacing
{
    /// <summary>The share of the last round in what is expected of the next one: an eighth, so that one burst does not decide.</summary>
    private const double Share = 1.0 / 8;

    private readonly TimeSpan _most;
    private readonly int? _gathered;
    private TimeSpan _apart; // between one connection that has something and the next, as far as the last rounds tell

    /// <param name="most">How far apart at most.</param>
    /// <param name="gathered">How many connections are worth a round; null if it is always <paramref name="most"/>, for each round costs more than those do.</param>
    public RoundSpacing(TimeSpan most, int? gathered = null)
    {
        _most = _apart = most;
        _gathered = gathered;
    }

    /// <summary>How far apart the last round and the next are to begin.</summary>
    public readonly TimeSpan Value => _gathered is { } few && few * _apart < _most ? few * _apart : _most;

    /// <summary>A round begins.</summary>
    /// <param name="elapsed">The time since the one before it began.</param>
    /// <param name="count">How many connections have something: at least one.</param>
    public void OnRound(TimeSpan elapsed, int count)
    {
        var apart = elapsed / count;
        _apart += ((apart < _most ? apart : _most) - _apart) * Share;
    }
}
