using System.Runtime.InteropServices;
using Passwindow.Journal.Files;
using Passwindow.Protocol;

namespace Passwindow.Journal.Tools;

/// <summary>
/// Writes what is whole in a journal's folder to a new one, which a server can open. The old folder stays as it is. A turn is kept up to the
/// first event that is missing, because a turn never has a hole, and ended there as interrupted if it has no end.
/// </summary>
internal static class JournalRepair
{
    /// <exception cref="IOException">The new folder is not empty, or within the old one, or cannot be written.</exception>
    public static void Run(JournalFolder folder, string target, TextWriter output, IDisk? disk = null)
    {
        disk ??= Disk.Instance;
        target = Path.GetFullPath(target);
        if ((target + Path.DirectorySeparatorChar).StartsWith(folder.Folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new IOException($"{target} is in the folder that is repaired; name another.");
        if (disk.Folders(target).Count > 0 || disk.List(target, "").Count > 0)
            throw new IOException($"{target} is not empty; name a new folder.");
        string conversations = Path.Combine(target, "conversations");
        disk.CreateFolder(conversations);

        int kept = 0;
        int lost = 0;
        foreach (var key in folder.Keys)
        {
            var conversation = folder.Read(key)!;
            foreach (var finding in conversation.Findings.Where(static finding => finding.IsDamage))
                output.WriteLine(finding.ToString());
            if (Write(conversation, new ConversationFile(disk, conversations, key, static _ => { }), output))
            {
                kept++;
                continue;
            }

            lost++;
            output.WriteLine($"lost: nothing of conversation {key.Conversation} of tenant {key.Tenant} is whole.");
        }

        foreach (var finding in folder.Findings.Where(static finding => finding.IsDamage))
            output.WriteLine(finding.ToString());
        foreach (string tenant in disk.Folders(conversations))
            disk.SyncFolder(tenant);
        output.WriteLine($"{kept} conversations are in {target}, {lost} could not be saved. {folder.Folder} is unchanged.");
    }

    private static bool Write(SalvagedConversation conversation, ConversationFile file, TextWriter output)
    {
        bool any = false;
        foreach (var turn in conversation.Turns)
        {
            var events = turn.Events.ToList();
            if (turn.Opening is null && events.Count == 0)
            {
                output.WriteLine($"lost: turn {turn.Id} of conversation {conversation.Key.Conversation}, with {turn.Count} events whose beginning is not there.");
                continue;
            }

            if (turn.Count > events.Count)
                output.WriteLine($"lost: {turn.Count - events.Count} events of turn {turn.Id} behind event {events.Count}, because what stands between is not there.");
            if (events.Count == 0 || SalvagedTurn.TypeOf(events[^1]) != EventType.Done)
                events.Add(Interrupted(events.Count + 1));
            file.Append(turn.LikelyOpening, 1, CollectionsMarshal.AsSpan(events));
            any = true;
        }

        if (any && conversation.GivenTitle is { } title)
            file.AppendTitle(title);
        file.Sync();
        return any;
    }

    private static ReadOnlyMemory<byte> Interrupted(long seq)
    {
        using var writer = new EventWriter();
        return writer.Done(seq, FinishReason.Interrupted).ToArray();
    }
}
