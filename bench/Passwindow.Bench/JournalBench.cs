using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Passwindow.Journal;
using Passwindow.Journal.Files;
using Passwindow.Protocol;

namespace Passwindow.Bench;

/// <summary>How fast the embedded journal commits, beside what a bare sync costs on the same disk.</summary>
internal static class JournalBench
{
    /// <summary>Appends and syncs without a journal: the floor under every commit.</summary>
    public static Figure BareSync(string folder)
    {
        string path = Path.Combine(folder, "bare");
        byte[] page = new byte[4096];
        var delays = new List<double>();
        using (var file = Disk.Instance.Open(path, create: true))
        {
            var clock = Stopwatch.StartNew();
            for (int i = 0; clock.Elapsed < TimeSpan.FromSeconds(3); i++)
            {
                long start = Stopwatch.GetTimestamp();
                file.Write(page, i * 4096L);
                file.Sync();
                delays.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        File.Delete(path);
        return Figure.Of(delays.Count / 3.0, delays.Count / 3.0, delays);
    }

    /// <summary>Each writer appends events of 100 bytes, so many at a time, and waits for their commit before the next.</summary>
    public static async Task<Figure> FlatOutAsync(string folder, int writers, int perCommit, int seconds)
    {
        await using var journal = Open(folder, out var disk);
        long appends = 0;
        using var over = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, writers).Select(number => Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
            {
                // Turns of 2,000 events, so that what ends and is stored is part of what is measured.
                var turn = new BenchTurn(journal, number);
                for (int i = 0; i < 2_000 && !over.IsCancellationRequested; i += perCommit)
                {
                    for (int each = 0; each < perCommit; each++)
                        turn.Append();
                    await turn.Writer.CommitAsync();
                    Interlocked.Add(ref appends, perCommit);
                }

                turn.End();
                await turn.Writer.CommitAsync();
            }
        })));
        double elapsed = clock.Elapsed.TotalSeconds;
        return new Figure(appends / elapsed, disk.Syncs / elapsed);
    }

    /// <summary>Turns that each give so many tokens a second; how long each token waits until it may be shown.</summary>
    public static async Task<Figure> PacedAsync(string folder, int turns, int perSecond, int seconds)
    {
        await using var journal = Open(folder, out var disk);
        var delays = new List<double>[turns];
        var over = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, turns).Select(number => Task.Run(async () =>
        {
            delays[number] = [];
            var turn = new BenchTurn(journal, number);
            await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1000 / perSecond)));
            using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(1000.0 / perSecond));
            while (over.Elapsed.TotalSeconds < seconds && await pace.WaitForNextTickAsync())
            {
                long start = Stopwatch.GetTimestamp();
                turn.Append();
                await turn.Writer.CommitAsync();
                delays[number].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            turn.End();
            await turn.Writer.CommitAsync();
        })));
        double elapsed = over.Elapsed.TotalSeconds;
        var all = delays.SelectMany(static each => each).ToList();
        return Figure.Of(all.Count / elapsed, disk.Syncs / elapsed, all);
    }

    /// <summary>How long a start takes after the process died with a full write-ahead file.</summary>
    public static async Task RecoverAsync(string folder, int megabytes)
    {
        string killed = Path.Combine(folder, "killed");
        if (Directory.Exists(killed))
            Directory.Delete(killed, recursive: true);
        Directory.CreateDirectory(Path.Combine(killed, "wal"));
        await using (var journal = Open(folder, out _, maxWriteAheadBytes: 1024 * 1024 * 1024))
        {
            string written = Path.Combine(folder, "data", "wal", "00000001.jsonl");
            var turns = Enumerable.Range(0, 200).Select(number => new BenchTurn(journal, number)).ToList();
            while (new FileInfo(written).Length < megabytes * 1_000_000L)
            {
                foreach (var turn in turns)
                {
                    for (int i = 0; i < 50; i++)
                        turn.Append();
                }

                foreach (var turn in turns)
                    await turn.Writer.CommitAsync();
            }

            File.Copy(written, Path.Combine(killed, "wal", "00000001.jsonl"));
        }

        long start = Stopwatch.GetTimestamp();
        long? lastBatch = null;
        int records = 0;
        new WriteAheadReader(Disk.Instance, Path.Combine(killed, "wal", "00000001.jsonl"), isLast: true).Read(ref lastBatch, (_, _, _) => records++);
        Console.WriteLine($"  of it reading {records:N0} records: {Stopwatch.GetElapsedTime(start).TotalMilliseconds:N0} ms");
        start = Stopwatch.GetTimestamp();
        await using (FileJournal.Open(new FileJournalSettings(killed, Durability.Fsync), TimeProvider.System, NullLogger<FileJournal>.Instance))
            Console.WriteLine($"start after a kill with {megabytes} MB in the write-ahead file, 200 running turns: {Stopwatch.GetElapsedTime(start).TotalMilliseconds:N0} ms");
    }

    private static FileJournal Open(string folder, out CountingDisk disk, long maxWriteAheadBytes = 64 * 1024 * 1024)
    {
        string data = Path.Combine(folder, "data");
        if (Directory.Exists(data))
            Directory.Delete(data, recursive: true);
        disk = new CountingDisk(Disk.Instance);
        return FileJournal.Open(new FileJournalSettings(data, Durability.Fsync, maxWriteAheadBytes) { CommitSpacing = FileJournalSettings.ServerCommitSpacing }, TimeProvider.System, NullLogger<FileJournal>.Instance, disk);
    }

    private sealed class BenchTurn
    {
        private const int EventBytes = 100;

        private readonly byte[] _event = new byte[EventBytes];

        public BenchTurn(FileJournal journal, int number)
        {
            var key = new ConversationKey(TenantId.Default, new ConversationId($"c_{number}"));
            Writer = journal.Open(new TurnOpening(journal.CreateTurnId(key), key.Tenant, key.Conversation, null, "demo/bench", "Hello", DateTimeOffset.UtcNow));
        }

        public ITurnWriter Writer { get; }

        public void Append()
        {
            int head = Encoding.ASCII.GetBytes($$"""{"type":"token","seq":{{Writer.NextSeq}},"token":" """, _event) - 1;
            _event.AsSpan(head).Fill((byte)'x');
            "\"}"u8.CopyTo(_event.AsSpan(EventBytes - 2));
            Writer.Append(EventType.Token, _event);
        }

        public void End() => Writer.Append(EventType.Done, Encoding.ASCII.GetBytes($$"""{"type":"done","seq":{{Writer.NextSeq}},"finish_reason":"stop"}"""));
    }
}
