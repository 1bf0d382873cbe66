using System.Runtime.CompilerServices;
using Passwindow.Protocol;
using Passwindow.Protocol.Dialects;

namespace Passwindow.Viewers;

/// <summary>Where the viewers of one turn and dialect find each other.</summary>
internal sealed class Spellings
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Place, SharedSpelling> _all = [];

    /// <summary>How many turns are watched, once for each dialect.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _all.Count;
        }
    }

    /// <summary>A viewer comes; it has to leave again.</summary>
    public SharedSpelling Join(TurnKey turn, Dialect dialect)
    {
        lock (_gate)
        {
            var place = new Place(turn, dialect);
            if (!_all.TryGetValue(place, out var spelling))
                _all.Add(place, spelling = new SharedSpelling(turn, dialect));
            spelling.Viewers++;
            return spelling;
        }
    }

    /// <summary>A viewer goes.</summary>
    public void Leave(SharedSpelling spelling)
    {
        lock (_gate)
        {
            if (--spelling.Viewers == 0)
                _all.Remove(new Place(spelling.Turn, spelling.Dialect));
        }
    }

    /// <summary>Dialects are told apart as objects: an endpoint makes some of its own, of the same name, that spell otherwise.</summary>
    private readonly struct Place(TurnKey turn, Dialect dialect) : IEquatable<Place>
    {
        private readonly TurnKey _turn = turn;
        private readonly Dialect _dialect = dialect;

        public bool Equals(Place other) => ReferenceEquals(_dialect, other._dialect) && _turn == other._turn;

        public override bool Equals(object? obj) => obj is Place other && Equals(other);

        public override int GetHashCode() => HashCode.Combine(_turn, RuntimeHelpers.GetHashCode(_dialect));
    }
}
