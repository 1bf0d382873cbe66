namespace Passwindow.Journal;

/// <summary>What a conversation is called until somebody names it.</summary>
internal static class ConversationTitle
{
    /// <summary>The longest, in UTF-16 code units.</summary>
    private const int Longest = 80;

    /// <summary>The beginning of the first message, on one line, at most 80 characters.</summary>
    public static string Of(string message)
    {
        // Four times as much, because a message may be long and what is cut off need not be looked at.
        string start = message.Length > Longest * 4 ? message[..(Longest * 4)] : message;
        string line = string.Join(' ', start.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (line.Length <= Longest)
            return line;
        int end = char.IsHighSurrogate(line[Longest - 2]) ? Longest - 2 : Longest - 1;
        return line[..end] + "…";
    }
}
