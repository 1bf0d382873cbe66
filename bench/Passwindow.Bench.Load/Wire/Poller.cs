using System.Runtime.InteropServices;

namespace Passwindow.Bench.Load.Wire;

/// <summary>epoll(7), level-triggered, one thread. Linux on x64 or arm64.</summary>
internal sealed unsafe partial class Poller
{
    public const uint Readable = 0x1; // EPOLLIN
    public const uint Writable = 0x4; // EPOLLOUT

    private const int MaxReady = 512;
    private const int Add = 1;    // EPOLL_CTL_ADD
    private const int Change = 3; // EPOLL_CTL_MOD

    // struct epoll_event is packed on x64 alone.
    private static readonly int DataAt = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int EventBytes = DataAt + 8;

    private readonly int _epoll = Create(0) is >= 0 and var made ? made : throw new InvalidOperationException("epoll_create1 failed.");
    private readonly byte* _ready = (byte*)NativeMemory.AllocZeroed(MaxReady * 16);

    public void Watch(int descriptor, uint events) => Control(Add, descriptor, events);

    public void Rewatch(int descriptor, uint events) => Control(Change, descriptor, events);

    /// <summary>Waits until something is ready, at most so long; how many are ready.</summary>
    public int Wait(long nanoseconds)
    {
        long* timeout = stackalloc long[2];
        timeout[0] = nanoseconds / 1_000_000_000;
        timeout[1] = nanoseconds % 1_000_000_000;
        return Math.Max(0, WaitFor(_epoll, _ready, MaxReady, timeout, null)); // a signal only ends the wait
    }

    public (int Descriptor, uint Events) Ready(int at)
    {
        byte* ready = _ready + (at * EventBytes);
        return (*(int*)(ready + DataAt), *(uint*)ready);
    }

    private void Control(int operation, int descriptor, uint events)
    {
        byte* wanted = stackalloc byte[16];
        *(uint*)wanted = events;
        *(long*)(wanted + DataAt) = descriptor;
        if (ControlFor(_epoll, operation, descriptor, wanted) != 0)
            throw new InvalidOperationException("epoll_ctl failed.");
    }

    [LibraryImport("libc", EntryPoint = "epoll_create1")]
    private static partial int Create(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl")]
    private static partial int ControlFor(int epoll, int operation, int descriptor, byte* wanted);

    [LibraryImport("libc", EntryPoint = "epoll_pwait2")]
    private static partial int WaitFor(int epoll, byte* ready, int most, long* timeout, void* signals);
}
