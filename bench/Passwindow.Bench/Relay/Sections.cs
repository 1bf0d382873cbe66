using Passwindow.Bench.Load;
using Passwindow.Protocol.Dialects;

namespace Passwindow.Bench.Relay;

/// <summary>Everything that is measured, in the order of the report.</summary>
internal static class Sections
{
    public const string ManyViewers = "2,000 viewers";
    public const string FromOpenAI = "OpenAI";
    public const string FromAnthropic = "Anthropic";
    public const string FewStreams = "500 streams";
    public const string ManyStreams = "2,000 streams";
    public const string ShortTurns = "800 of 1,000 tokens";
    public const string LongTurns = "8 of 100,000 tokens";
    public const string TenThousandViewers = "10,000 viewers";

    public const string EmptyJournal = "empty";
    public const string LongUsedJournal = "10 GB";

    private static readonly RequestShape Unset = new("", "");

    /// <summary>Streams of 50 tokens a second each.</summary>
    public static Row Paced(int streams) => new("", "", new LoadCommand { Scenario = Scenario.Streams, Port = 0, Processes = [], Start = Unset, Streams = streams, Pace = 50 });

    /// <param name="subjects">The names of the servers that are compared; the first is the reference.</param>
    /// <param name="windowMilliseconds">How long a window is.</param>
    public static IEnumerable<Section> All(IReadOnlyList<string> subjects, int windowMilliseconds)
    {
        var paced = Paced(200).Command with { WindowMilliseconds = windowMilliseconds };
        var brief = paced with { SettleMilliseconds = 500, WindowMilliseconds = windowMilliseconds / 2 };
        Row[] Each(LoadCommand command, Func<string, bool>? wanted = null) => [.. subjects.Where(wanted ?? (static _ => true)).Select(subject => new Row(subject, subject, command))];
        Row Own(string label, LoadCommand command, Func<RequestShape, RequestShape>? change = null) => new(label, Subjects.Fsync, command, change);

        yield return new Section("200", "200 streams of 50 tokens a second", SectionKind.Tokens, Each(paced));
        yield return new Section("1000", "1,000 streams of 50 tokens a second", SectionKind.Tokens, Each(paced with { Streams = 1_000 }));
        yield return new Section("flat", "64 streams of 20,000 tokens, as fast as the provider's socket takes them", SectionKind.Tokens, Each(Turns(64, 64, 20_000)));
        yield return new Section("first", "First token added, while 200 streams of 50 tokens a second run", SectionKind.Times, Each(paced with { Scenario = Scenario.FirstToken, Count = 200 }, NotOs));
        yield return new Section("cancel", "From the viewer's close to the upstream's, while 100 streams of 50 tokens a second run", SectionKind.Times, Each(paced with { Scenario = Scenario.Cancel, Streams = 100, Count = 200 }, NotOs));
        yield return new Section("idle", "3,000 idle streams", SectionKind.Memory, Each(paced with { Streams = 3_000, Pace = Pace.Silent, WindowMilliseconds = 1_000, AfterMilliseconds = 1_000 }, NotOs)) { IsFresh = true };
        yield return new Section("fanout", "One turn of 20 tokens a second", SectionKind.Tokens, Own(ManyViewers, paced with { Streams = 1, Pace = 20, ViewersEach = 1_999 }));
        yield return new Section("dialects", "200 streams of 50 tokens a second in each dialect", SectionKind.Tokens,
        [
            .. Dialect.All.Select(dialect => Own(dialect.Name, brief, shape => shape with { Path = $"{shape.Path}?dialect={dialect.Name}" })),
            Own("POST /v1/chat/completions", brief, static _ => Subjects.Nginx.Start),
        ]);
        yield return new Section("upstreams", "200 streams of 50 tokens a second from each kind of upstream", SectionKind.Tokens,
            Own(FromOpenAI, brief),
            Own(FromAnthropic, brief, static shape => shape with { Body = """{"message":"{prompt}","model":"anthropic/bench"}""" }),
            Own("OpenAI Responses", brief, static shape => shape with { Body = """{"message":"{prompt}","model":"responses/bench"}""" }));
        yield return new Section("growth", "20 tokens a second each, by the number of streams", SectionKind.Tokens, Own(FewStreams, paced with { Streams = 500, Pace = 20 }), Own(ManyStreams, paced with { Streams = 2_000, Pace = 20 }));
        yield return new Section("length", "Turns one after the other on 8 streams, as fast as they go", SectionKind.Tokens, Own(ShortTurns, Turns(8, 800, 1_000)), Own(LongTurns, Turns(8, 8, 100_000)));
        yield return new Section("viewers", "200 turns of 5 tokens a second, 50 viewers each", SectionKind.Memory, Own(TenThousandViewers, paced with { Streams = 200, Pace = 5, ViewersEach = 49, AfterMilliseconds = 5_000 })) { IsFresh = true };
        yield return new Section("journal", "200 streams of 50 tokens a second, by what the journal holds already", SectionKind.Tokens, Own(EmptyJournal, paced), new Row(LongUsedJournal, Subjects.OnFullJournal.Name, paced)) { IsFresh = true, IsExtra = true };

        static bool NotOs(string name) => !name.EndsWith(" os", StringComparison.Ordinal);
        LoadCommand Turns(int streams, int count, int tokens) => paced with { Scenario = Scenario.Turns, Streams = streams, Pace = Pace.FlatOut, Count = count, Tokens = tokens };
    }

    /// <summary>Before anything is measured: what is compiled while it runs is compiled, and every pool has its size.</summary>
    public static IEnumerable<LoadCommand> WarmUp(RunningServer server)
    {
        var paced = Paced(200).Command with { Pace = 100, SettleMilliseconds = 0, WindowMilliseconds = 1_500 };
        yield return new Row("", "", paced).For(server);
        yield return new Row("", "", paced with { Scenario = Scenario.Turns, Streams = 16, Pace = Pace.FlatOut, Count = 64, Tokens = 2_000 }).For(server);
        yield return new Row("", "", paced with { WindowMilliseconds = 3_000 }).For(server);
    }
}
