namespace Passwindow.Bench.Load;

/// <summary>Finds the stamps in a body that comes in pieces, wherever it is cut.</summary>
internal sealed class StampScanner
{
    private readonly byte[] _cut = new byte[Stamp.Length];
    private int _held;

    /// <summary>Takes the stamps out of a piece, one by one: false when there is no more in it, and the piece is used up.</summary>
    public bool TryTake(ref ReadOnlySpan<byte> piece, out long time, out int number)
    {
        while (_held > 0)
        {
            int wanted = Math.Min(Stamp.Length - _held, piece.Length);
            piece[..wanted].CopyTo(_cut.AsSpan(_held));
            _held += wanted;
            piece = piece[wanted..];
            if (_held < Stamp.Length)
            {
                time = number = 0;
                return false;
            }

            _held = 0;
            if (Stamp.TryRead(_cut, out time, out number))
                return true;
        }

        for (int at; (at = piece.IndexOf(Stamp.Mark)) >= 0;)
        {
            piece = piece[at..];
            if (piece.Length < Stamp.Length)
            {
                piece.CopyTo(_cut);
                _held = piece.Length;
                break;
            }

            if (Stamp.TryRead(piece, out time, out number))
            {
                piece = piece[Stamp.Length..];
                return true;
            }

            piece = piece[1..];
        }

        piece = default;
        time = number = 0;
        return false;
    }
}
