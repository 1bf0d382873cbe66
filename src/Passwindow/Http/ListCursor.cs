using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Passwindow.Journal;
using Passwindow.Protocol;

namespace Passwindow.Http;

/// <summary>
/// A place in a list as clients carry it. Opaque to them; it names a place and grants nothing, since each list is the caller's own.
/// </summary>
internal static class ListCursor
{
    /// <summary>The longest that can be right: a time of 19 digits, a point, an id, in Base64.</summary>
    private const int Longest = 112;

    private const long LatestMs = 253_402_300_799_999; // the end of the year 9999, the last that a date here can have

    public static string Spell(ListPlace place) =>
        Base64Url.EncodeToString(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{place.UpdatedAtMs}.{place.Conversation.Value}")));

    /// <summary>The place that <c>?cursor=</c> names; null if there is none.</summary>
    /// <exception cref="Problem">It is none of ours.</exception>
    public static ListPlace? Read(HttpRequest request)
    {
        var given = request.Query["cursor"];
        if (given.Count == 0)
            return null;
        return given is [{ } text] && TryParse(text, out var place) ? place : throw Problem.Invalid("cursor must be the next_cursor of a page before.");
    }

    private static bool TryParse(string text, out ListPlace place)
    {
        place = default;
        if (text.Length is 0 or > Longest || !Base64Url.IsValid(text))
            return false;
        string plain = Encoding.ASCII.GetString(Base64Url.DecodeFromChars(text));
        int point = plain.IndexOf('.', StringComparison.Ordinal);
        if (point < 1
            || !long.TryParse(plain.AsSpan(0, point), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long time)
            || time is < -LatestMs or > LatestMs
            || !ConversationId.TryParse(plain[(point + 1)..], out var conversation))
        {
            return false;
        }

        place = new ListPlace(time, conversation);
        return true;
    }
}
