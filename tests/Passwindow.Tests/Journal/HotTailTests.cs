using System.Text;
using Passwindow.Journal.Files;
using Passwindow.Protocol;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Journal;

/// <summary>The latest events of a turn, in pages that are used again.</summary>
public sealed class HotTailTests
{
    private readonly TailPages _pages = new();

    [Fact]
    public void Any_event_that_is_still_there_reads_as_it_was_added_whatever_was_let_go_of_meanwhile()
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {TestDepth.Seed}");
        var random = new Random(TestDepth.Seed);
        var other = new HotTail(_pages); // takes the pages that the first one returns
        var tail = new HotTail(_pages);
        var added = new List<(EventType Type, string Json)>();
        for (int step = 0; step < 3_000; step++)
        {
            int action = random.Next(10);
            if (action < 7)
            {
                var type = (EventType)random.Next(1, 12);
                string json = Json(random, added.Count + 1);
                tail.Add(type, Encoding.UTF8.GetBytes(json));
                other.Add(EventType.Token, Encoding.UTF8.GetBytes(new string('x', json.Length)));
                added.Add((type, json));
            }
            else if (action == 7)
            {
                int keep = random.Next(5_000);
                tail.ForgetThrough(added.Count - random.Next(20), keep);
                other.ForgetThrough(added.Count, keep: 0);
            }
            else
            {
                long from = random.NextInt64(tail.First, tail.Last + 2);
                Assert.Equal(added.Skip((int)from - 1), ReadFrom(ref tail, from));
            }
        }

        Assert.Equal(added.Count, tail.Last);
        Assert.Equal(added.Skip((int)tail.First - 1).Sum(static each => each.Json.Length), tail.Bytes);
    }

    [Fact]
    public void At_least_so_many_bytes_are_kept_and_nothing_that_is_not_stored_goes()
    {
        var tail = new HotTail(_pages);
        for (int i = 0; i < 100; i++)
            tail.Add(EventType.Token, new byte[100]);

        tail.ForgetThrough(seq: 50, keep: 0);
        Assert.InRange(tail.First, 40, 51);
        tail.ForgetThrough(seq: 100, keep: 3_000);
        Assert.InRange(tail.Bytes, 3_000, 3_000 + TailPages.PageSize);
        tail.ForgetThrough(seq: 100, keep: 0);
        Assert.Equal((101, 0), (tail.First, tail.Bytes));
    }

    [Fact]
    public void Every_page_comes_back()
    {
        int before = Free(_pages.Take());
        var tail = new HotTail(_pages);
        for (int i = 0; i < 1_000; i++)
            tail.Add(EventType.Token, new byte[i % 7 == 0 ? TailPages.PageSize : 50]);
        Assert.True(_pages.FreePages < before);
        tail.ForgetThrough(seq: 500, keep: 0);
        tail.ForgetThrough(seq: 1_000, keep: 0);

        Assert.Equal(before, _pages.FreePages);
    }

    [Fact]
    public void A_tail_that_is_closed_holds_no_page_and_still_reads_once_others_have_taken_them()
    {
        int before = Free(_pages.Take());
        var tail = new HotTail(_pages);
        var added = new List<(EventType, string)>();
        for (int i = 0; i < 50; i++)
        {
            added.Add((EventType.Token, $"""{"{"}"seq":{i + 1}{"}"}"""));
            tail.Add(added[i].Item1, Encoding.UTF8.GetBytes(added[i].Item2));
        }

        tail.Close();
        Assert.Equal(before, _pages.FreePages);
        for (int i = 0; i < 100; i++)
            _pages.Take().Span.Clear();
        Assert.Equal(added, ReadFrom(ref tail, 1));
        tail.Close();
        tail.ForgetThrough(seq: 50, keep: 0);
        Assert.Equal(51, tail.First);
    }

    [Fact]
    public void The_memory_of_a_crowd_is_given_back_but_for_some()
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {TestDepth.Seed}");
        const int Slabs = 3;
        var pages = Enumerable.Range(0, TailPages.KeptPages + (Slabs * Slab.Size / TailPages.PageSize)).Select(_ => _pages.Take()).ToList();
        new Random(TestDepth.Seed).Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(pages));
        foreach (var page in pages)
            _pages.Return(page);

        Assert.Equal(TailPages.KeptPages, _pages.FreePages);
    }

    /// <summary>Returns a page that was taken to have some, and says how many there are.</summary>
    private int Free(Memory<byte> page)
    {
        _pages.Return(page);
        return _pages.FreePages;
    }

    private static string Json(Random random, int seq)
    {
        int length = random.Next(20) == 0 ? random.Next(3 * TailPages.PageSize) : random.Next(90);
        return $"{seq}{new string((char)('a' + random.Next(26)), length)}";
    }

    private static List<(EventType, string)> ReadFrom(ref HotTail tail, long seq)
    {
        var read = new List<(EventType, string)>();
        var reader = tail.From(seq);
        for (; seq <= tail.Last; seq++)
        {
            var (type, json) = reader.Next();
            read.Add((type, Encoding.UTF8.GetString(json.Span)));
        }

        return read;
    }
}
