namespace Passwindow.Tests.Journal.Faults;

/// <summary>One file of a <see cref="SimulatedDisk"/>: what a reader sees, what is durable, and the changes between the two.</summary>
internal sealed class SimulatedFile
{
    private byte[] _seen = [];
    private byte[] _durable = [];
    private List<Change> _changes = [];

    /// <summary>A sync of it failed: what was not durable then never will be, though it can be read.</summary>
    public bool HasFailedSync { get; set; }

    public long Length => _seen.Length;

    public int Read(Span<byte> into, long offset)
    {
        if (offset >= _seen.Length)
            return 0;
        var rest = _seen.AsSpan((int)offset);
        int count = Math.Min(rest.Length, into.Length);
        rest[..count].CopyTo(into);
        return count;
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset) => Change(new Change(offset, bytes.ToArray(), -1));

    public void Truncate(long length) => Change(new Change(0, [], length));

    public void Sync()
    {
        _durable = _changes.Aggregate(_durable, static (content, change) => change.Apply(content));
        _changes = [];
    }

    /// <summary>The pages count as clean from now on, and are not on the disk (Linux after a failed fsync).</summary>
    public void FailSync() => _changes = [];

    /// <summary>Its content, whole and durable, to be damaged on purpose.</summary>
    public byte[] Content
    {
        get => [.. _seen];
        set => (_seen, _durable, _changes) = (value, value, []);
    }

    /// <summary>The file as it is now; later changes to this one do not reach it.</summary>
    public SimulatedFile Snapshot() => new() { _seen = _seen, _durable = _durable, _changes = [.. _changes], HasFailedSync = HasFailedSync };

    /// <summary>What a power cut leaves.</summary>
    public SimulatedFile AfterPowerCut(Random random)
    {
        byte[] content = _durable;
        int mode = random.Next(6);
        foreach (var change in _changes)
            content = change.ApplyDamaged(content, random, mode);
        var file = new SimulatedFile();
        file.Content = content;
        return file;
    }

    private void Change(Change change)
    {
        _changes.Add(change);
        _seen = change.Apply(_seen);
    }
}

/// <summary>A write, or a truncation if <paramref name="Length"/> is not negative.</summary>
internal sealed record Change(long Offset, byte[] Bytes, long Length)
{
    public byte[] Apply(byte[] content)
    {
        // Never in place: snapshots share the arrays.
        int length = Length >= 0 ? (int)Length : Math.Max(content.Length, (int)Offset + Bytes.Length);
        byte[] changed = new byte[length];
        content.AsSpan(0, Math.Min(content.Length, length)).CopyTo(changed);
        Bytes.CopyTo(changed, (int)Offset);
        return changed;
    }

    /// <summary>As a power cut may have let it reach the disk.</summary>
    /// <param name="content">The content before.</param>
    /// <param name="random">Where the damage falls.</param>
    /// <param name="mode">0: all or nothing. 1: sectors of 512 bytes. 2: pages of 4 KiB. 3: the size, with zeros. 4: its first part, then zeros. 5: nothing.</param>
    public byte[] ApplyDamaged(byte[] content, Random random, int mode)
    {
        if (Length >= 0 || mode is 0 or 5)
            return mode != 5 && random.Next(2) == 0 ? Apply(content) : content;
        byte[] old = new byte[Bytes.Length];
        if (Offset < content.Length)
            content.AsSpan((int)Offset, (int)Math.Min(Bytes.Length, content.Length - Offset)).CopyTo(old);
        if (mode is 1 or 2)
        {
            long unit = mode == 1 ? 512 : 4096;
            for (long start = Offset / unit * unit; start < Offset + Bytes.Length; start += unit)
            {
                if (random.Next(2) == 0)
                    continue;
                int from = (int)Math.Max(start - Offset, 0);
                int to = (int)Math.Min(start + unit - Offset, Bytes.Length);
                Bytes.AsSpan(from..to).CopyTo(old.AsSpan(from));
            }
        }
        else if (mode == 4)
        {
            Bytes.AsSpan(0, random.Next(Bytes.Length + 1)).CopyTo(old);
        }

        return new Change(Offset, old, -1).Apply(content);
    }
}
