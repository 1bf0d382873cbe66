using Passwindow.Journal;

namespace Passwindow.Conversations;

/// <summary>
/// Which turns of a conversation follow one another. A turn follows the one before it; one that replaces another follows what that one
/// followed, so the replaced turn, and what came after it, stay readable and are not part of what goes on.
/// </summary>
internal static class Branch
{
    /// <summary>The turns that lead to the youngest one, oldest first.</summary>
    public static IReadOnlyList<T> Current<T>(IEnumerable<T> turns, Func<T, TurnOpening> opening)
    {
        var ordered = Order(turns, opening);
        return ordered.Count == 0 ? [] : Lead(ordered, opening, ordered[^1]);
    }

    /// <summary>The turns that lead to <paramref name="next"/>, which may be among them or not yet, oldest first and without it.</summary>
    public static IReadOnlyList<T> Before<T>(IEnumerable<T> turns, Func<T, TurnOpening> opening, TurnOpening next)
    {
        var ordered = Order(turns, opening);
        int end = ordered.FindIndex(turn => opening(turn).Turn == next.Turn);
        if (end >= 0)
            ordered.RemoveRange(end, ordered.Count - end);
        int replaced = next.Replaces is { } turn ? ordered.FindIndex(each => opening(each).Turn == turn) : -1;
        if (replaced >= 0)
            return Lead(ordered, opening, ordered[replaced]).SkipLast(1).ToList();
        return ordered.Count == 0 ? [] : Lead(ordered, opening, ordered[^1]);
    }

    // A journal gives turns that ran at the same time in the order of their ends.
    private static List<T> Order<T>(IEnumerable<T> turns, Func<T, TurnOpening> opening) =>
        [.. turns.OrderBy(turn => opening(turn).CreatedAt).ThenBy(turn => opening(turn).Turn.Value, StringComparer.Ordinal)];

    private static List<T> Lead<T>(List<T> ordered, Func<T, TurnOpening> opening, T last)
    {
        var lead = new List<T>();
        for (int at = ordered.IndexOf(last); at >= 0;)
        {
            lead.Add(ordered[at]);

            // Behind a turn stands, as a rule, the one before it; behind one that replaces another, what stands behind that one.
            while (at >= 0 && opening(ordered[at]).Replaces is { } replaced)
            {
                int index = ordered.FindIndex(turn => opening(turn).Turn == replaced);
                if (index < 0 || index >= at)
                    break; // it is not here: the turn follows the one before it, as if it replaced nothing
                at = index;
            }

            at--;
        }

        lead.Reverse();
        return lead;
    }
}
