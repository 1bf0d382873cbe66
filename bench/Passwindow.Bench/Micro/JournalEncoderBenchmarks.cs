using System.Text;
using BenchmarkDotNet.Attributes;
using Passwindow.Journal.Files;
using Passwindow.Protocol;

namespace Passwindow.Bench.Micro;

/// <summary>From a token's text to the journal's line: 1,000 tokens, by the token.</summary>
public class JournalEncoderBenchmarks
{
    private const int Tokens = 1_000;

    private readonly EventWriter _events = new();
    private readonly LineBuffer _lines = new();
    private readonly byte[] _head = JournalLine.EventHead(TurnId.Create(DateTimeOffset.UnixEpoch, 1));
    private readonly byte[] _text = Encoding.ASCII.GetBytes(Load.Stamp.Blank);
    private readonly byte[] _json = Encoding.ASCII.GetBytes($$"""{"type":"token","seq":4711,"token":"{{Load.Stamp.Blank}}"}""");

    [Benchmark(Description = "event to JSON", OperationsPerInvoke = Tokens)]
    public int Spell()
    {
        int bytes = 0;
        for (int i = 0; i < Tokens; i++)
            bytes += _events.Token(i, _text).Length;
        return bytes;
    }

    [Benchmark(Description = "JSON to journal line", OperationsPerInvoke = Tokens)]
    public uint Encode()
    {
        _lines.Clear();
        uint crc = 0;
        for (int i = 0; i < Tokens; i++)
            crc = JournalLine.WriteEvent(_lines, batch: 12, _head, _json, crc);
        return crc;
    }
}
