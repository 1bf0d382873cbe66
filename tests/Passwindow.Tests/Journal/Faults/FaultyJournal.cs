using Microsoft.Extensions.Logging.Abstractions;
using Passwindow.Journal;
using Passwindow.Journal.Files;

namespace Passwindow.Tests.Journal.Faults;

/// <summary>Opens journals on simulated disks, and runs the one script that every loop over faults runs.</summary>
internal static class FaultyJournal
{
    public const string Folder = "/data";

    /// <summary>So small that the script rolls over several times.</summary>
    private const int MaxWriteAheadBytes = 4_000;

    public static FileJournal Open(IDisk disk, Durability durability = Durability.Fsync, TimeProvider? time = null, TimeProvider? commitClock = null) =>
        FileJournal.Open(new FileJournalSettings(Folder, durability, MaxWriteAheadBytes) { CommitClock = commitClock ?? TimeProvider.System }, time ?? TimeProvider.System, NullLogger<FileJournal>.Instance, disk);

    /// <summary>The number of the last write-ahead file that took appends.</summary>
    public static long? LastBegun(IDisk disk)
    {
        var paths = disk.List($"{Folder}/wal", WriteAheadFile.Ending).Order().ToList();
        return WriteAheadFile.NumberOf(paths[WriteAheadFile.IndexOfLastBegun(disk, paths)]);
    }

    /// <summary>
    /// Turns of two tenants and three conversations: short ones, one that outlives several write-ahead files, one with large events, two at
    /// once in one conversation, one that is never ended. Stops at the first sign that the journal is unavailable.
    /// </summary>
    public static async Task RunScriptAsync(IJournal journal, History history)
    {
        var viewers = new List<Viewer>();
        try
        {
            var longTurn = Open("c_long", "acme");
            for (int round = 0; round < 7; round++)
            {
                var one = Open("c_short", "acme");
                var other = Open("c_short", round % 2 == 0 ? "acme" : "globex");
                for (int i = 0; i < 6; i++)
                {
                    one.Token($"one {round}.{i}");
                    other.Token($"other {round}.{i} äöü");
                    longTurn.Token($"long {round}.{i}");
                    if (i % 2 == 0)
                        await one.CommitAsync();
                    viewers.Add(new Viewer(other.Reader, history));
                }

                var large = Open("c_large", "globex");
                large.Token(new string('L', 5_000 + (round * 333)));
                await large.CommitAsync();
                one.Done();
                await one.CommitAsync();
                large.Done();
                other.Done();
                await longTurn.CommitAsync();
                await other.CommitAsync();
            }

            longTurn.Done();
            await longTurn.CommitAsync();
            var unended = Open("c_unended", "acme");
            unended.Token("never ended");
            await unended.CommitAsync();
        }
        catch (JournalUnavailableException)
        {
            // What the loops are about: the journal says so, and the writer stops.
        }
        finally
        {
            foreach (var viewer in viewers)
                viewer.Dispose();
        }

        GivenTurn Open(string conversation, string tenant)
        {
            var turn = new GivenTurn(journal, history, conversation, tenant);
            viewers.Add(new Viewer(turn.Reader, history));
            turn.Start();
            return turn;
        }
    }

    /// <summary>Recovers a disk twice, and has the judge look at it both times.</summary>
    public static async Task<List<string>> CheckRecoveredAsync(SimulatedDisk disk, History history, int seenCount)
    {
        var checker = new HistoryChecker(history);
        List<string> violations;
        Dictionary<Protocol.TurnKey, List<byte[]>> first;
        try
        {
            await using (var journal = Open(disk))
            {
                violations = await checker.CheckAsync(journal, seenCount);
                first = await checker.ReadAllAsync(journal);
            }

            await using (var journal = Open(disk))
            {
                var second = await checker.ReadAllAsync(journal);
                if (!first.Keys.ToHashSet().SetEquals(second.Keys) || first.Any(turn => !turn.Value.SequenceEqual(second[turn.Key], SameBytes.Instance)))
                    violations.Add("I12: a second recovery changed something.");
                await AppendOneAsync(journal, violations);
            }
        }
        catch (Exception e) when (e is JournalDamagedException or JournalUnavailableException or IOException)
        {
            return [$"I12: recovery failed: {e}"];
        }

        return violations;
    }

    private static async Task AppendOneAsync(FileJournal journal, List<string> violations)
    {
        var more = new History();
        using var turn = new GivenTurn(journal, more, "c_short", "acme");
        turn.Start();
        turn.Done();
        await turn.CommitAsync();
        violations.AddRange(await new HistoryChecker(more).CheckAsync(journal));
    }
}

internal sealed class SameBytes : IEqualityComparer<byte[]>
{
    public static SameBytes Instance { get; } = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(byte[] bytes) => bytes.Length;
}
