using BenchmarkDotNet.Attributes;
using Passwindow.Bench.Load.Provider;
using Passwindow.Protocol.Upstream;
using Passwindow.Upstream;

namespace Passwindow.Bench.Micro;

/// <summary>From a provider's bytes to chat events: an answer of 1,000 tokens, by the token.</summary>
public class UpstreamReaderBenchmarks
{
    private const int Tokens = 1_000;

    // About what one read of a socket brings when tokens come together.
    private const int PieceBytes = 4_096;

    private byte[] _answer = [];
    private UpstreamApi _api = UpstreamApi.OpenAIChat;

    public static IEnumerable<string> Apis => UpstreamApi.All.Select(static api => api.Name);

    [ParamsSource(nameof(Apis))]
    public string Api { get; set; } = "";

    [GlobalSetup]
    public void MakeAnswer()
    {
        var spoken = ProviderApi.All.First(api => api.Name == Api);
        _api = UpstreamApi.All.First(api => api.Name == Api);
        _answer = [.. spoken.Opening, .. Enumerable.Repeat(spoken.Token, Tokens).SelectMany(static token => token), .. spoken.Closing];
    }

    [Benchmark(Description = "upstream reader", OperationsPerInvoke = Tokens)]
    public int Read()
    {
        var answer = new UpstreamAnswer(_api.CreateReader());
        int said = 0;
        for (int at = 0; at < _answer.Length && !answer.IsOver; at += PieceBytes)
        {
            answer.Feed(_answer.AsMemory(at, Math.Min(PieceBytes, _answer.Length - at)));
            while (answer.Step(out var text))
                said += text.IsEmpty ? answer.Said.Count : 1;
        }

        return said > Tokens ? said : throw new InvalidOperationException($"Only {said} of {Tokens} tokens were read.");
    }
}
