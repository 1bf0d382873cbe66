namespace Passwindow.Bench.Load;

/// <summary>All turns, by the number in their prompt.</summary>
internal sealed class Turns
{
    private readonly List<Turn> _turns = [];

    public Turn Create(int pace, int tokens)
    {
        var turn = new Turn(_turns.Count, pace, tokens);
        _turns.Add(turn);
        return turn;
    }

    public Turn? Find(int number) => number >= 0 && number < _turns.Count ? _turns[number] : null;
}
