using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Passwindow.Protocol;

namespace Passwindow.Journal.Files;

/// <summary>
/// The latest events of one running turn in memory: what is not yet in its conversation's file, and what viewers at the line read.
/// Events stand one behind the other in blocks, so that a token costs no object of its own. A value, in the turn itself. Not synchronised: its turn's lock is.
/// </summary>
internal struct HotTail()
{
#if DEBUG
    private const int FirstBlock = 64; // so small that ordinary tests cross blocks all the time
    private const int LargestBlock = 256;
#else
    private const int FirstBlock = 1024;
    private const int LargestBlock = 32 * 1024;
#endif

    /// <summary>Arrays of so many bytes are where the collector copies none.</summary>
    private const int Pinned = 4 * 1024;

    /// <summary>The index of the newest block. It is not in the list, nor is the list asked for it.</summary>
    private const int Newest = int.MaxValue;

    private readonly List<Block> _older = [];
    private Block _newest = new(first: 1, size: 0); // in place: of a thousand turns each object on the way is out of the processor's caches

    /// <summary>The number of the oldest event still here; one more than <see cref="Last"/> if there is none.</summary>
    public long First { get; private set; } = 1;

    public long Last { get; private set; }

    /// <summary>The bytes held.</summary>
    public int Bytes { get; private set; }

    public void Add(EventType type, ReadOnlySpan<byte> json)
    {
        if (_newest.Free < json.Length)
        {
            int size = _newest.Size == 0 ? FirstBlock : Math.Min(_newest.Size * 2, LargestBlock);
            if (_newest.Count > 0)
                _older.Add(_newest);
            _newest = new Block(Last + 1, Math.Max(size, json.Length));
        }

        _newest.Add(type, json);
        Last++;
        Bytes += json.Length;
    }

    /// <summary>Reads from the event of that number on, which must be here or be the next one to come.</summary>
    [UnscopedRef]
    public Reader From(long seq) => new(ref this, IndexOf(seq), seq);

    /// <summary>
    /// Lets go of whole blocks, oldest first, whose events are all at or below <paramref name="seq"/>, as long as
    /// <paramref name="keep"/> bytes are left. Readers that hold their memory keep it alive.
    /// </summary>
    public void ForgetThrough(long seq, int keep)
    {
        int gone = 0;
        for (; gone < _older.Count && MayGo(BlockAt(gone), seq, keep); gone++)
            Let(BlockAt(gone));
        if (gone == _older.Count && MayGo(_newest, seq, keep))
        {
            Let(_newest);
            _newest = new Block(Last + 1, size: 0);
        }

        _older.RemoveRange(0, gone);
    }

    private readonly bool MayGo(in Block block, long seq, int keep) => block.Count > 0 && block.Last <= seq && Bytes - block.Used >= keep;

    private void Let(in Block block)
    {
        Bytes -= block.Used;
        First = block.Last + 1;
    }

    /// <summary>Which block holds an event: the oldest is 0.</summary>
    private readonly int IndexOf(long seq)
    {
        if (_newest.First <= seq)
            return Newest; // nearly always: who reads is at the line
        int low = 0;
        int high = _older.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (_older[middle].First <= seq)
                low = middle;
            else
                high = middle - 1;
        }

        return low;
    }

    [UnscopedRef]
    private readonly ref readonly Block BlockAt(int index)
    {
        if (index == Newest)
            return ref _newest;
        return ref CollectionsMarshal.AsSpan(_older)[index];
    }

    /// <summary>Gives one event after the other; for who holds the turn's lock meanwhile.</summary>
    internal ref struct Reader
    {
        private readonly ref HotTail _tail;
        private int _index;
        private long _seq;

        public Reader(ref HotTail tail, int index, long seq)
        {
            _tail = ref tail;
            _index = index;
            _seq = seq;
        }

        public (EventType Type, ReadOnlyMemory<byte> Json) Next()
        {
            if (_tail.BlockAt(_index).Last < _seq)
                _index = _index + 1 < _tail._older.Count ? _index + 1 : Newest;
            return _tail.BlockAt(_index)[_seq++];
        }
    }

    private struct Block(long first, int size)
    {
        private readonly byte[] _bytes = Array<byte>(size);
        private (int End, EventType Type)[] _events = Array<(int, EventType)>(size == 0 ? 0 : Math.Max(4, size / 64));

        public readonly long First => first;

        public readonly long Last => first + Count - 1;

        public readonly int Size => _bytes.Length;

        public int Count { get; private set; }

        public int Used { get; private set; }

        public readonly int Free => _bytes.Length - Used;

        public readonly (EventType Type, ReadOnlyMemory<byte> Json) this[long seq]
        {
            get
            {
                int index = (int)(seq - first);
                int start = index == 0 ? 0 : _events[index - 1].End;
                return (_events[index].Type, _bytes.AsMemory(start, _events[index].End - start));
            }
        }

        // What is large lives for some seconds, as long as its turn: each collection would copy it, while everybody waits.
        private static T[] Array<T>(int length) => length == 0 ? [] : GC.AllocateUninitializedArray<T>(length, pinned: length * Unsafe.SizeOf<T>() >= Pinned);

        public void Add(EventType type, ReadOnlySpan<byte> json)
        {
            int start = Used;
            json.CopyTo(_bytes.AsSpan(start));
            if (Count == _events.Length)
                System.Array.Resize(ref _events, Math.Max(4, Count * 2));
            Used = start + json.Length;
            _events[Count++] = (Used, type);
        }
    }
}
