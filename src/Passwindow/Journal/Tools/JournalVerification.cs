using System.Globalization;

namespace Passwindow.Journal.Tools;

/// <summary>Reads everything in a journal's folder and names what is not as it was written.</summary>
internal static class JournalVerification
{
    /// <summary>Writes a line for each finding and one that sums up. Returns whether nothing is damaged.</summary>
    public static bool Run(JournalFolder folder, TextWriter output)
    {
        int conversations = 0;
        int turns = 0;
        long events = 0;
        int damages = 0;
        foreach (var key in folder.Keys)
        {
            var conversation = folder.Read(key)!;
            conversations++;
            turns += conversation.Turns.Count;
            events += conversation.Turns.Sum(static turn => (long)turn.Count);
            Write(conversation.Findings);
        }

        Write(folder.Findings);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{conversations} conversations, {turns} turns, {events} events, {folder.WriteAheadFiles} write-ahead files: {(damages == 0 ? "no damage" : $"{damages} damaged")}."));
        return damages == 0;

        void Write(IEnumerable<JournalFinding> findings)
        {
            foreach (var finding in findings)
            {
                output.WriteLine(finding.ToString());
                if (finding.IsDamage)
                    damages++;
            }
        }
    }
}
