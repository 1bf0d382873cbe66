using System.Buffers;
using System.Collections.Concurrent;
using Passwindow.Protocol;
using Passwindow.Protocol.Dialects;

namespace Passwindow.Tests.Viewers;

/// <summary>A dialect that notes what its writers are given, and where it goes.</summary>
internal sealed class CountedDialect
{
    private readonly ConcurrentQueue<(long Seq, IBufferWriter<byte> Output)> _written = new();

    /// <param name="dialect">What it spells.</param>
    /// <param name="hostile">The number of the event that no writer can spell.</param>
    public CountedDialect(Dialect dialect, long hostile = -1) =>
        Dialect = dialect with { CreateWriter = context => new Writer(dialect.CreateWriter(context), this, hostile) };

    public Dialect Dialect { get; }

    /// <summary>How often that event was spelled.</summary>
    public int Times(long seq) => _written.Count(each => each.Seq == seq);

    /// <summary>Where that event was spelled to.</summary>
    public IEnumerable<IBufferWriter<byte>> Outputs(long seq) => _written.Where(each => each.Seq == seq).Select(static each => each.Output);

    public int Total => _written.Count;

    private sealed class Writer(IFrameWriter inner, CountedDialect counted, long hostile) : IFrameWriter
    {
        public void Write(in CommittedEvent committed, IBufferWriter<byte> output)
        {
            counted._written.Enqueue((committed.Seq, output));
            if (committed.Seq == hostile)
                throw new FormatException("Nobody can spell this.");
            inner.Write(committed, output);
        }

        public void WriteOpening(IBufferWriter<byte> output) => inner.WriteOpening(output);

        public void WritePause(IBufferWriter<byte> output) => inner.WritePause(output);

        public void WriteHeartbeat(IBufferWriter<byte> output) => inner.WriteHeartbeat(output);

        public void WriteNotice(in ViewerNotice notice, IBufferWriter<byte> output) => inner.WriteNotice(notice, output);
    }
}
