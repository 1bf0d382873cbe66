using System.Security.Cryptography;

namespace Passwindow.Protocol;

/// <summary>
/// The form that every id has: 1 to 64 characters of <c>A-Z a-z 0-9 _ -</c>. Such an id is safe in a URL, an HTTP header, an SSE
/// <c>id:</c> field and a file name, so it is never escaped anywhere.
/// </summary>
public static class Identifier
{
    /// <summary>The longest id, in characters.</summary>
    public const int MaxLength = 64;

    // Crockford's base 32 without look-alikes. Its characters stand in ASCII order, so ids sort as the numbers they spell.
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int TimeCharacters = 9;      // 45 bits of milliseconds: until the year 3084
    private const int RandomCharacters = 26;   // 130 random bits: an id cannot be guessed

    /// <summary>Whether <paramref name="text"/> has the form of an id.</summary>
    public static bool IsValid(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || text.Length > MaxLength)
            return false;
        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_' && c != '-')
                return false;
        }

        return true;
    }

    /// <summary>Makes an id that sorts by <paramref name="time"/>: prefix, time, an optional 40-bit place, 130 random bits.</summary>
    internal static string Create(char prefix, DateTimeOffset time, ulong? place)
    {
        int length = 2 + TimeCharacters + (place is null ? 0 : PlaceCharacters) + RandomCharacters;
        return string.Create(length, (prefix, time, place), static (id, seed) =>
        {
            id[0] = seed.prefix;
            id[1] = '_';
            var rest = id[2..];
            Spell((ulong)seed.time.ToUnixTimeMilliseconds(), rest[..TimeCharacters]);
            rest = rest[TimeCharacters..];
            if (seed.place is { } place)
            {
                Spell(place, rest[..PlaceCharacters]);
                rest = rest[PlaceCharacters..];
            }

            RandomNumberGenerator.GetItems(Alphabet, rest);
        });
    }

    internal const int PlaceCharacters = 8;

    /// <summary>Reads the place out of an id that <see cref="Create"/> made with <paramref name="prefix"/>; false, and 0, for any other id.</summary>
    internal static bool TryReadPlace(string id, char prefix, out ulong place)
    {
        place = 0;
        if (id.Length != 2 + TimeCharacters + PlaceCharacters + RandomCharacters || id[0] != prefix || id[1] != '_')
            return false;
        foreach (char c in id.AsSpan(2 + TimeCharacters, PlaceCharacters))
        {
            int digit = Alphabet.IndexOf(c, StringComparison.Ordinal);
            if (digit < 0)
            {
                place = 0;
                return false;
            }

            place = (place << 5) | (uint)digit;
        }

        return true;
    }

    private static void Spell(ulong number, Span<char> digits)
    {
        for (int i = digits.Length - 1; i >= 0; i--, number >>= 5)
            digits[i] = Alphabet[(int)(number & 31)];
    }
}
