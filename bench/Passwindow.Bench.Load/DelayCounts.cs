using System.Numerics;

namespace Passwindow.Bench.Load;

/// <summary>Delays counted in classes of at most 1.6 % of their value, so that a token allocates nothing.</summary>
internal sealed class DelayCounts
{
    private const int Steps = 64; // classes for each doubling
    private const int StepBits = 6;

    private readonly long[] _counts = new long[(64 - StepBits) * Steps];
    private long _count;
    private long _most;

    public void Add(long nanoseconds)
    {
        long value = Math.Max(nanoseconds, 0);
        _counts[ClassOf(value)]++;
        _count++;
        _most = Math.Max(_most, value);
    }

    public void Clear()
    {
        Array.Clear(_counts);
        _count = _most = 0;
    }

    public Delays? ToDelays() => _count == 0 ? null : new Delays(_count, At(0.5), At(0.99), At(0.999), _most / 1e6);

    private double At(double share)
    {
        long left = (long)Math.Ceiling(share * _count);
        for (int at = 0; at < _counts.Length; at++)
        {
            left -= _counts[at];
            if (left <= 0)
                return LeastOf(at) / 1e6;
        }

        return _most / 1e6;
    }

    private static int ClassOf(long value)
    {
        if (value < Steps)
            return (int)value;
        int shift = BitOperations.Log2((ulong)value) - StepBits;
        return ((shift + 1) * Steps) + (int)(value >> shift) - Steps;
    }

    private static long LeastOf(int at) => at < Steps ? at : ((long)(at % Steps) + Steps) << ((at / Steps) - 1);
}
