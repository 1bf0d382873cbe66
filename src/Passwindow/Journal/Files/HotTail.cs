using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Passwindow.Protocol;

namespace Passwindow.Journal.Files;

/// <summary>
/// The latest events of one running turn in memory: what is not yet in its conversation's file, and what viewers at the line read.
/// Events stand one behind the other in pages, so that a token costs no object of its own. A value, in the turn itself. Not synchronised: its turn's lock is.
/// </summary>
internal struct HotTail(TailPages pages)
{
    /// <summary>The index of the newest page. It is not in the list, nor is the list asked for it.</summary>
    private const int Newest = int.MaxValue;

    private readonly List<Page> _older = [];
    private Page _newest = new(first: 1, default); // in place: of a thousand turns each object on the way is out of the processor's caches

    /// <summary>The number of the oldest event still here; one more than <see cref="Last"/> if there is none.</summary>
    public long First { get; private set; } = 1;

    public long Last { get; private set; }

    /// <summary>The bytes held.</summary>
    public int Bytes { get; private set; }

    public void Add(EventType type, ReadOnlySpan<byte> json)
    {
        if (!_newest.HasRoomFor(json))
        {
            if (_newest.Count > 0)
                _older.Add(_newest);
            int needed = Page.Needed(json);
            _newest = new Page(Last + 1, needed <= TailPages.PageSize ? pages.Take() : new byte[needed]);
        }

        _newest.Add(type, json);
        Last++;
        Bytes += json.Length;
    }

    /// <summary>Reads from the event of that number on, which must be here or be the next one to come.</summary>
    [UnscopedRef]
    public Reader From(long seq) => new(ref this, IndexOf(seq), seq);

    /// <summary>
    /// Lets go of whole pages, oldest first, whose events are all at or below <paramref name="seq"/>, as long as
    /// <paramref name="keep"/> bytes are left. Nobody may still have memory of theirs.
    /// </summary>
    public void ForgetThrough(long seq, int keep)
    {
        int gone = 0;
        for (; gone < _older.Count && MayGo(PageAt(gone), seq, keep); gone++)
            LetGo(PageAt(gone));
        if (gone == _older.Count && MayGo(_newest, seq, keep))
        {
            LetGo(_newest);
            _newest = new Page(Last + 1, default);
        }

        _older.RemoveRange(0, gone);
    }

    /// <summary>Moves what is left to memory that is collected: nothing more will come, and nobody will say when the last has read it.</summary>
    public void Close()
    {
        foreach (ref var page in CollectionsMarshal.AsSpan(_older))
            page = page.Moved(pages);
        _newest = _newest.Moved(pages);
    }

    private readonly bool MayGo(in Page page, long seq, int keep) => page.Count > 0 && page.Last <= seq && Bytes - page.Used >= keep;

    private void LetGo(in Page page)
    {
        Bytes -= page.Used;
        First = page.Last + 1;
        pages.Return(page.Memory);
    }

    /// <summary>Which page holds an event: the oldest is 0.</summary>
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
    private readonly ref readonly Page PageAt(int index)
    {
        if (index == Newest)
            return ref _newest;
        return ref CollectionsMarshal.AsSpan(_older)[index];
    }

    /// <summary>Gives one event after the other; for who holds the turn's lock meanwhile. The memory is valid until the tail lets go of the event.</summary>
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
            if (_tail.PageAt(_index).Last < _seq)
                _index = _index + 1 < _tail._older.Count ? _index + 1 : Newest;
            return _tail.PageAt(_index)[_seq++];
        }
    }

    /// <summary>
    /// A slotted page, as databases have them: events from its beginning on, and from its end backwards a slot for each, which says where it ends (24 bits, more than
    /// a line of the journal may have) and what type it is (8 bits).
    /// </summary>
    private struct Page(long first, Memory<byte> memory)
    {
        private const int Slot = sizeof(uint);

        public readonly long First => first;

        public readonly long Last => first + Count - 1;

        public readonly Memory<byte> Memory => memory;

        public int Count { get; private set; }

        public int Used { get; private set; }

        public readonly (EventType Type, ReadOnlyMemory<byte> Json) this[long seq]
        {
            get
            {
                int index = (int)(seq - first);
                var span = memory.Span;
                int start = index == 0 ? 0 : End(SlotOf(span, index - 1));
                uint slot = SlotOf(span, index);
                return ((EventType)(slot >> 24), memory[start..End(slot)]);
            }
        }

        public static int Needed(ReadOnlySpan<byte> json) => json.Length + Slot;

        public readonly bool HasRoomFor(ReadOnlySpan<byte> json) => memory.Length - Used - (Count * Slot) >= Needed(json);

        public void Add(EventType type, ReadOnlySpan<byte> json)
        {
            var span = memory.Span;
            json.CopyTo(span[Used..]);
            Used += json.Length;
            Count++;
            BinaryPrimitives.WriteUInt32LittleEndian(span[^(Count * Slot)..], ((uint)type << 24) | (uint)Used);
        }

        /// <summary>The same events in memory that is collected.</summary>
        public readonly Page Moved(TailPages pages)
        {
            if (memory.Length != TailPages.PageSize)
                return this;
            var moved = new Page(first, memory.ToArray()) { Count = Count, Used = Used };
            pages.Return(memory);
            return moved;
        }

        private static uint SlotOf(ReadOnlySpan<byte> span, int index) => BinaryPrimitives.ReadUInt32LittleEndian(span[^((index + 1) * Slot)..]);

        private static int End(uint slot) => (int)(slot & 0xFF_FFFF);
    }
}
