namespace Passwindow.Protocol.Dialects.OpenAIResponses;

/// <summary>The ids of the API, made of a turn's: so nothing has to be looked up, and every turn has one, whoever began it.</summary>
internal static class ResponseId
{
    private const string Prefix = "resp_";

    /// <summary>The response's id.</summary>
    public static string Of(TurnId turn) => Prefix + turn.Value;

    /// <summary>The turn of a response; the turn's own id names it too. False for what is neither.</summary>
    public static bool TryParse(string? id, out TurnId turn) =>
        TurnId.TryParse(id?.StartsWith(Prefix, StringComparison.Ordinal) == true ? id[Prefix.Length..] : id, out turn);

    /// <summary>The id of an item of a turn's response.</summary>
    /// <param name="kind"><c>msg</c>, <c>rs</c> or <c>fc</c>.</param>
    /// <param name="turn">The turn.</param>
    /// <param name="index">The item's place in the output.</param>
    public static string OfItem(string kind, TurnId turn, int index) => $"{kind}_{turn.Value}_{index}";

    /// <summary>Reads the id of an item; false if it is none of ours.</summary>
    public static bool TryParseItem(string id, out TurnId turn, out int index)
    {
        turn = default;
        index = 0;
        int first = id.IndexOf('_', StringComparison.Ordinal), last = id.LastIndexOf('_');
        return first > 0 && last > first && int.TryParse(id.AsSpan(last + 1), System.Globalization.NumberStyles.None, null, out index)
            && TurnId.TryParse(id[(first + 1)..last], out turn);
    }
}
