using System.Buffers;

namespace Passwindow.Server;

/// <summary>What an output gathers until it is flushed, in memory that is rented only while there is something in it: most outputs wait most of the time.</summary>
internal struct RentedBuffer()
{
    /// <summary>As large as the blocks of Kestrel's own output.</summary>
    public const int BlockSize = 4096;

    /// <summary>The bytes; none while nothing is rented.</summary>
    public byte[] Bytes { get; private set; } = [];

    /// <summary>Exchanges it for one of that size at least.</summary>
    /// <param name="kept">How many bytes at its start are copied.</param>
    /// <param name="size">The size, in bytes.</param>
    public void Grow(int kept, int size)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(size);
        Bytes.AsSpan(0, kept).CopyTo(larger);
        Return();
        Bytes = larger;
    }

    /// <summary>Gives it back, with what is in it.</summary>
    public void Return()
    {
        if (Bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(Bytes);
        Bytes = [];
    }
}
