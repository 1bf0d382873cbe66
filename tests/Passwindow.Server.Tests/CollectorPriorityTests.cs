using Xunit;

namespace Passwindow.Server.Tests;

public sealed class CollectorPriorityTests
{
    [Fact]
    public void The_runtimes_background_collection_is_nicer_than_who_shows_tokens()
    {
        // Its thread begins with the first such collection, which large arrays bring about.
        var held = new Queue<byte[]>();
        long from = TimeProvider.System.GetTimestamp();
        while (CollectorPriority.Lower() == 0 && TimeProvider.System.GetElapsedTime(from) < TimeSpan.FromSeconds(20))
        {
            held.Enqueue(new byte[1 << 20]);
            if (held.Count > 64)
                held.Dequeue();
        }

        Assert.NotEqual(0, CollectorPriority.Lower()); // again, as after each collection: no lower

        int own = Niceness(File.ReadAllText("/proc/thread-self/stat"));
        var collectors = Directory.EnumerateDirectories("/proc/self/task").Where(static thread => File.ReadAllText(Path.Combine(thread, "comm")).Trim() == ".NET BGC");
        Assert.All(collectors, thread => Assert.Equal(Math.Min(19, own + 10), Niceness(File.ReadAllText(Path.Combine(thread, "stat")))));
    }

    // proc_pid_stat(5): the nineteenth field; the second may have spaces, and ends with the last parenthesis.
    private static int Niceness(string stat) => int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[16], System.Globalization.CultureInfo.InvariantCulture);
}
