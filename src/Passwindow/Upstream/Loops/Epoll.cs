using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Passwindow.Upstream.Loops;

/// <summary>Linux's epoll(7): says of many sockets which of them have something.</summary>
/// <remarks>Edge-triggered: each change is told once, so who is told must take all there is, or know that he has not.</remarks>
internal sealed partial class Epoll : IDisposable
{
    public const uint Readable = 0x1;       // EPOLLIN
    public const uint Writable = 0x4;       // EPOLLOUT
    public const uint Error = 0x8;          // EPOLLERR
    public const uint HungUp = 0x10;        // EPOLLHUP
    public const uint PeerClosed = 0x2000;  // EPOLLRDHUP

    private const uint EdgeTriggered = 1u << 31; // EPOLLET
    private const uint Once = 1u << 30;          // EPOLLONESHOT
    private const int CloseOnExec = 0x80000;     // EPOLL_CLOEXEC
    private const int Add = 1;                   // EPOLL_CTL_ADD
    private const int Delete = 2;                // EPOLL_CTL_DEL
    private const int Modify = 3;                // EPOLL_CTL_MOD
    private const int Interrupted = 4;           // EINTR
    private const int MostAtOnce = 1024;
    private const ulong WakesUp = ulong.MaxValue;

    // struct epoll_event is packed on x86, and only there.
    private static readonly int KeyOffset = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86 ? 4 : 8;
    private static readonly int Size = KeyOffset + sizeof(ulong);

    private readonly byte[] _events = GC.AllocateArray<byte>(MostAtOnce * Size, pinned: true);
    private readonly int _handle;
    private readonly int _wake;

    public Epoll()
    {
        _handle = Create(CloseOnExec);
        _wake = CreateEvent(0, CloseOnExec);
        if (_handle < 0 || _wake < 0)
            throw Failure(_handle < 0 ? "epoll_create1" : "eventfd");
        Watch(_wake, WakesUp);
    }

    /// <summary>Waits until something is to be told, and gives how many.</summary>
    public int Wait()
    {
        while (true)
        {
            int count = Wait(_handle, _events, MostAtOnce, timeout: -1);
            if (count >= 0)
                return count;
            if (Marshal.GetLastPInvokeError() != Interrupted)
                throw Failure("epoll_wait");
        }
    }

    /// <summary>Waits for that long at most until something is to be told, and gives how many.</summary>
    /// <exception cref="EntryPointNotFoundException">The C library is older than such waits (glibc before 2.35).</exception>
    public int Wait(TimeSpan most) => Math.Max(0, Wait(_handle, _events, MostAtOnce, new Timespec(most), signals: 0));

    /// <summary>One of what the last wait told: what happened, and whose it is.</summary>
    public (uint What, ulong Key) this[int index]
    {
        get
        {
            var told = _events.AsSpan(index * Size, Size);
            return (MemoryMarshal.Read<uint>(told), MemoryMarshal.Read<ulong>(told[KeyOffset..]));
        }
    }

    /// <summary>Has the wait end, with a key that is nobody's.</summary>
    public void WakeUp() => _ = Write(_wake, 1, sizeof(ulong));

    /// <summary>From now on tells all that happens to a descriptor, under that key.</summary>
    public void Watch(int descriptor, ulong key) => Ask(Add, descriptor, Readable | Writable | PeerClosed | EdgeTriggered, key);

    /// <summary>Tells once that a descriptor can be read, under that key.</summary>
    public void WatchOnce(int descriptor, ulong key) => Ask(Add, descriptor, Readable | Once, key);

    /// <summary>Tells it once more of one that <see cref="WatchOnce"/> knows.</summary>
    public void WatchAgain(int descriptor, ulong key) => Ask(Modify, descriptor, Readable | Once, key);

    /// <summary>Tells nothing more of it, but for what a wait has told already.</summary>
    public void Forget(int descriptor) => _ = Control(_handle, Delete, descriptor, stackalloc byte[Size]);

    public void Dispose()
    {
        _ = Close(_handle);
        _ = Close(_wake);
    }

    private void Ask(int operation, int descriptor, uint what, ulong key)
    {
        Span<byte> asked = stackalloc byte[Size];
        MemoryMarshal.Write(asked, what);
        MemoryMarshal.Write(asked[KeyOffset..], key);
        if (Control(_handle, operation, descriptor, asked) < 0)
            throw Failure("epoll_ctl");
    }

    private static IOException Failure(string call) => new($"{call}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int Create(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int Control(int epoll, int operation, int descriptor, Span<byte> asked);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    private static partial int Wait(int epoll, byte[] events, int most, int timeout);

    [LibraryImport("libc", EntryPoint = "epoll_pwait2", SetLastError = true)]
    private static partial int Wait(int epoll, byte[] events, int most, in Timespec timeout, nint signals);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int CreateEvent(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int descriptor, in ulong value, nint length);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    // struct timespec
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Timespec(TimeSpan time)
    {
        private readonly nint _seconds = (nint)(time.Ticks / TimeSpan.TicksPerSecond);
        private readonly nint _nanoseconds = (nint)(time.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick);
    }
}
