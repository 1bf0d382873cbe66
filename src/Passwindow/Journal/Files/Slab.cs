using System.Buffers;
using System.Runtime.InteropServices;

namespace Passwindow.Journal.Files;

/// <summary>
/// Memory for many pages, outside of what the runtime collects. It lives until <see cref="TailPages"/> disposes of it, or until neither they nor any page of it
/// are reachable. Not synchronised.
/// </summary>
internal sealed unsafe class Slab : MemoryManager<byte>
{
    /// <summary>Its size in bytes.</summary>
    public const int Size = 1024 * 1024;

    private readonly ushort[] _free;
    private readonly int _pageSize;
    private byte* _bytes;

    /// <param name="pageSize">The size of a page in bytes, a divisor of <see cref="Size"/>.</param>
    public Slab(int pageSize)
    {
        _pageSize = pageSize;
        _bytes = (byte*)NativeMemory.Alloc(Size);
        _free = new ushort[Size / pageSize];
        for (int i = 0; i < _free.Length; i++)
            _free[i] = (ushort)(_free.Length - 1 - i); // the first page is taken first
        FreePages = _free.Length;
    }

    // Whoever works with a span of it holds the page's memory meanwhile, in a turn whose lock it has not left or in an array that it gives back: see FileTurn.
#pragma warning disable CA2015 // no finalizer where a span may be left alone
    ~Slab() => Dispose(disposing: false);
#pragma warning restore CA2015

    /// <summary>How many of its pages nobody has.</summary>
    public int FreePages { get; private set; }

    public bool IsUnused => FreePages == _free.Length;

    /// <summary>Takes a page; there must be a free one. What stands in it is left over.</summary>
    public Memory<byte> Take() => Memory.Slice(_free[--FreePages] * _pageSize, _pageSize);

    /// <summary>Takes the page back that begins there.</summary>
    public void Return(int start)
    {
#if DEBUG
        GetSpan().Slice(start, _pageSize).Fill(0xDD); // so that a test fails where it is still read
#endif
        _free[FreePages++] = (ushort)(start / _pageSize);
    }

    public override Span<byte> GetSpan() => new(_bytes, Size);

    public override MemoryHandle Pin(int elementIndex = 0) => new(_bytes + elementIndex, pinnable: this);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
        NativeMemory.Free(_bytes);
        _bytes = null;
    }
}
