using System.Text.Json;

namespace Passwindow.Trials.Checking;

/// <summary>
/// What stands in a journal's conversation files, read as a person would with <c>jq</c>: by none of the journal's own code, and without its lock.
/// After a recovery that is all there is of the turns before it.
/// </summary>
internal static class JournalFolder
{
    /// <summary>The events of each turn in the order of their lines, as they stand there.</summary>
    public static Dictionary<string, List<string>> Read(string folder, IEnumerable<string> conversations)
    {
        var turns = new Dictionary<string, List<string>>();
        foreach (string conversation in conversations)
        {
            string path = Path.Combine(folder, "conversations", "default", conversation + ".jsonl");
            if (!File.Exists(path))
                continue;
            using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            while (reader.ReadLine() is { } line)
                Add(turns, line);
        }

        return turns;
    }

    private static void Add(Dictionary<string, List<string>> turns, string line)
    {
        using var json = JsonDocument.Parse(line);
        if (!json.RootElement.TryGetProperty("turn", out var turn))
            return;
        if (!turns.TryGetValue(turn.GetString()!, out var events))
            turns.Add(turn.GetString()!, events = []);
        if (json.RootElement.TryGetProperty("event", out var written))
            events.Add(written.GetRawText());
    }
}
