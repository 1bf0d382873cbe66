using Passwindow.Protocol;

namespace Passwindow.Journal.Files;

/// <summary>
/// The latest events of one running turn in memory: what is not yet in its conversation's file, and what viewers at the line read.
/// Events stand one behind the other in blocks, so that a token costs no object of its own. Not synchronised: its turn's lock is.
/// </summary>
internal sealed class HotTail
{
#if DEBUG
    private const int FirstBlock = 64; // so small that ordinary tests cross blocks all the time
    private const int LargestBlock = 256;
#else
    private const int FirstBlock = 1024;
    private const int LargestBlock = 32 * 1024;
#endif

    private readonly List<Block> _blocks = [];

    /// <summary>The number of the oldest event still here; one more than <see cref="Last"/> if there is none.</summary>
    public long First { get; private set; } = 1;

    public long Last { get; private set; }

    /// <summary>The bytes held.</summary>
    public int Bytes { get; private set; }

    public void Add(EventType type, ReadOnlySpan<byte> json)
    {
        var block = _blocks.Count > 0 ? _blocks[^1] : null;
        if (block is null || block.Free < json.Length)
        {
            int size = block is null ? FirstBlock : Math.Min(block.Size * 2, LargestBlock);
            block = new Block(Last + 1, Math.Max(size, json.Length));
            _blocks.Add(block);
        }

        block.Add(type, json);
        Last++;
        Bytes += json.Length;
    }

    /// <summary>Reads from the event of that number on, which must be here or be the next one to come.</summary>
    public Reader From(long seq) => new(_blocks, IndexOf(seq), seq);

    /// <summary>
    /// Lets go of whole blocks, oldest first, whose events are all at or below <paramref name="seq"/>, as long as
    /// <paramref name="keep"/> bytes are left. Readers that hold their memory keep it alive.
    /// </summary>
    public void ForgetThrough(long seq, int keep)
    {
        int gone = 0;
        while (gone < _blocks.Count && _blocks[gone].Last <= seq && Bytes - _blocks[gone].Used >= keep)
            Bytes -= _blocks[gone++].Used;
        if (gone == 0)
            return;
        First = _blocks[gone - 1].Last + 1;
        _blocks.RemoveRange(0, gone);
    }

    private int IndexOf(long seq)
    {
        int low = 0;
        int high = _blocks.Count - 1;
        if (high < 0 || _blocks[high].First <= seq)
            return high; // nearly always: who reads is at the line
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (_blocks[middle].First <= seq)
                low = middle;
            else
                high = middle - 1;
        }

        return low;
    }

    /// <summary>Gives one event after the other; for who holds the turn's lock meanwhile.</summary>
    internal struct Reader(List<Block> blocks, int block, long seq)
    {
        public (EventType Type, ReadOnlyMemory<byte> Json) Next()
        {
            if (blocks[block].Last < seq)
                block++;
            return blocks[block][seq++];
        }
    }

    internal sealed class Block(long first, int size)
    {
        private readonly byte[] _bytes = new byte[size];
        private (int End, EventType Type)[] _events = new (int, EventType)[Math.Max(4, size / 64)];
        private int _count;

        public long First => first;

        public long Last => first + _count - 1;

        public int Size => size;

        public int Used { get; private set; }

        public int Free => size - Used;

        public (EventType Type, ReadOnlyMemory<byte> Json) this[long seq]
        {
            get
            {
                int index = (int)(seq - first);
                int start = index == 0 ? 0 : _events[index - 1].End;
                return (_events[index].Type, _bytes.AsMemory(start, _events[index].End - start));
            }
        }

        public void Add(EventType type, ReadOnlySpan<byte> json)
        {
            int start = Used;
            json.CopyTo(_bytes.AsSpan(start));
            if (_count == _events.Length)
                Array.Resize(ref _events, _count * 2);
            Used = start + json.Length;
            _events[_count++] = (Used, type);
        }
    }
}
