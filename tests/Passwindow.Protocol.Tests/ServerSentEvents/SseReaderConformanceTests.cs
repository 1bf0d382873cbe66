using System.Text;
using Passwindow.Protocol.ServerSentEvents;
using Passwindow.Testing.Fixtures;
using Xunit;

namespace Passwindow.Protocol.Tests.ServerSentEvents;

public sealed class SseReaderConformanceTests
{
    public static TheoryData<string> Cases => [.. SseParserCase.All.Keys];

    [Fact]
    public void There_are_127_cases() => Assert.Equal(127, SseParserCase.All.Count);

    [Theory, MemberData(nameof(Cases))]
    public void A_case_is_read_as_the_standard_says_in_its_own_chunks(string name) =>
        Check(SseParserCase.All[name], SseParserCase.All[name].Chunks);

    [Theory, MemberData(nameof(Cases))]
    public void A_case_is_read_as_the_standard_says_in_one_chunk(string name) =>
        Check(SseParserCase.All[name], [Bytes(name)]);

    [Theory, MemberData(nameof(Cases))]
    public void A_case_is_read_as_the_standard_says_byte_by_byte(string name) =>
        Check(SseParserCase.All[name], [.. Bytes(name).Select(one => new[] { one })]);

    [Theory, MemberData(nameof(Cases))]
    public void A_case_is_read_the_same_where_whole_events_are_read_in_place(string name)
    {
        Check(SseParserCase.All[name], SseParserCase.All[name].Chunks, inPlace: true);
        Check(SseParserCase.All[name], [Bytes(name)], inPlace: true);
    }

    private static byte[] Bytes(string name) => [.. SseParserCase.All[name].Chunks.SelectMany(chunk => chunk)];

    private static void Check(SseParserCase expected, IReadOnlyList<byte[]> chunks, bool inPlace = false)
    {
        var reader = new SseReader();
        var events = new List<SseParserEvent>();
        foreach (byte[] chunk in chunks)
        {
            ReadOnlySpan<byte> rest = chunk;
            while (inPlace && reader.TryReadInPlace(ref rest, out var sse))
                Add(sse);
            reader.Feed(rest);
            Drain();
        }

        reader.End();
        Drain();
        Assert.Equal(expected.Expected, events);
        Assert.Equal(expected.LastEventId, reader.LastEventId);
        Assert.Equal(expected.Retry, (long?)reader.Retry?.TotalMilliseconds);

        void Drain()
        {
            while (reader.TryRead(out var sse))
                Add(sse);
        }

        void Add(in SseEvent sse)
        {
            string type = sse.Type.IsEmpty ? "message" : Encoding.UTF8.GetString(sse.Type);
            events.Add(new SseParserEvent(type, Encoding.UTF8.GetString(sse.Data), reader.LastEventId));
        }
    }
}
