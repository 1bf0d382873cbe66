using System.Runtime.InteropServices;

namespace Passwindow.Journal.Files;

/// <summary>
/// The pages in which running turns keep their latest events (<see cref="HotTail"/>). An event stays there for seconds: too long for the youngest generation,
/// whose every collection would copy it, and too short for the others, which would have to be collected all the time. So the pages lie outside of all generations
/// and are taken again, the latest first, because it is still in the processor's caches. On any thread.
/// </summary>
internal sealed class TailPages
{
    /// <summary>The size of a page in bytes.</summary>
#if DEBUG
    public const int PageSize = 256; // so small that ordinary tests cross pages all the time
#else
    public const int PageSize = 2 * 1024;
#endif

    /// <summary>How many free pages are kept at most when a slab could be given back: 8 MiB.</summary>
    public const int KeptPages = 8 * Slab.Size / PageSize;

    private readonly Lock _gate = new();
    private readonly List<Slab> _open = []; // those with a free page; the others are held by their pages
    private int _freePages;

    /// <summary>How many pages nobody has.</summary>
    public int FreePages
    {
        get
        {
            lock (_gate)
                return _freePages;
        }
    }

    /// <summary>Takes a page. What stands in it is left over.</summary>
    public Memory<byte> Take()
    {
        lock (_gate)
        {
            if (_open.Count == 0)
            {
                var another = new Slab(PageSize);
                _open.Add(another);
                _freePages += another.FreePages;
            }

            var slab = _open[^1];
            var page = slab.Take();
            _freePages--;
            if (slab.FreePages == 0)
                _open.RemoveAt(_open.Count - 1);
            return page;
        }
    }

    /// <summary>Takes a page back, which nobody reads any more; leaves other memory to the collector.</summary>
    public void Return(ReadOnlyMemory<byte> page)
    {
        if (!MemoryMarshal.TryGetMemoryManager(page, out Slab? slab, out int start, out _))
            return;
        lock (_gate)
        {
            if (slab.FreePages == 0)
                _open.Add(slab);
            slab.Return(start);
            _freePages++;
            if (!slab.IsUnused || _freePages - slab.FreePages < KeptPages)
                return;
            _open.Remove(slab);
            _freePages -= slab.FreePages;
            ((IDisposable)slab).Dispose();
        }
    }
}
