using System.Buffers;
using BenchmarkDotNet.Attributes;
using Passwindow.Protocol;
using Passwindow.Protocol.Dialects;

namespace Passwindow.Bench.Micro;

/// <summary>From committed events to a dialect's frames: a turn of 1,000 tokens, by the token.</summary>
public class FrameWriterBenchmarks
{
    private const int Tokens = 1_000;

    private readonly ArrayBufferWriter<byte> _output = new(1024 * 1024);
    private readonly List<CommittedEvent> _turn = [.. WrittenTurn.Events(Tokens)];
    private Dialect _dialect = Protocol.Dialects.Dialect.Native;

    public static IEnumerable<string> Dialects => Protocol.Dialects.Dialect.All.Select(static dialect => dialect.Name);

    [ParamsSource(nameof(Dialects))]
    public string Dialect { get; set; } = "";

    [GlobalSetup]
    public void Choose() => _dialect = Protocol.Dialects.Dialect.Find(Dialect)!;

    [Benchmark(Description = "frame writer", OperationsPerInvoke = Tokens)]
    public int Write()
    {
        _output.ResetWrittenCount();
        var writer = _dialect.CreateWriter(FrameContext.None);
        foreach (var committed in _turn)
            writer.Write(committed, _output);
        return _output.WrittenCount;
    }

    /// <summary>Events as a journal would hand them out.</summary>
    private sealed class WrittenTurn : CommittedEventSource
    {
        public static IEnumerable<CommittedEvent> Events(int tokens)
        {
            var turn = TurnId.Create(DateTimeOffset.UnixEpoch, 1);
            using var spell = new EventWriter();
            yield return AsCommitted(turn, 1, EventType.Start, spell.Start(1, new ConversationId("c_bench"), turn, "bench/bench", DateTimeOffset.UnixEpoch).ToArray());
            for (int seq = 2; seq <= tokens + 1; seq++)
                yield return AsCommitted(turn, seq, EventType.Token, spell.Token(seq, "@0000000000000000000#0000000;"u8).ToArray());
            yield return AsCommitted(turn, tokens + 2, EventType.Done, spell.Done(tokens + 2, FinishReason.Stop).ToArray());
        }
    }
}
