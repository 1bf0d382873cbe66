using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Passwindow.Protocol.Upstream.Reading;

/// <summary>What a JSON value is, told from its bytes. The bytes have been read by a <see cref="Utf8JsonReader"/> before.</summary>
internal static class JsonSlice
{
    /// <summary>No count of tokens is larger; a larger number is a provider's fault and counts as not said.</summary>
    private const double MostTokens = 1e12;

    public static bool IsObject(ReadOnlySpan<byte> value) => !value.IsEmpty && value[0] == '{';

    public static bool IsArray(ReadOnlySpan<byte> value) => !value.IsEmpty && value[0] == '[';

    public static bool IsString(ReadOnlySpan<byte> value) => !value.IsEmpty && value[0] == '"';

    /// <summary>Whether it is there and says yes in the way JavaScript asks, as the official SDK does of <c>error</c>.</summary>
    public static bool IsTruthy(ReadOnlySpan<byte> value) =>
        !value.IsEmpty && value[0] is not ((byte)'f' or (byte)'n' or (byte)'0') && !value.SequenceEqual("\"\""u8);

    /// <summary>Whether it is this string. The words of a protocol are never spelled with escapes.</summary>
    public static bool Is(ReadOnlySpan<byte> value, ReadOnlySpan<byte> word) => IsString(value) && value[1..^1].SequenceEqual(word);

    /// <summary>The text of a string; null if it is none, or empty.</summary>
    public static string? Text(ReadOnlySpan<byte> value)
    {
        if (!IsString(value) || value.Length == 2)
            return null;
        if (!value.Contains((byte)'\\'))
            return Encoding.UTF8.GetString(value[1..^1]);
        var unescaped = new ArrayBufferWriter<byte>(value.Length);
        SurrogateJoiner.Unescape(value[1..^1], unescaped);
        return Encoding.UTF8.GetString(unescaped.WrittenSpan);
    }

    /// <summary>A word of a protocol: at most 64 of <c>A-Z a-z 0-9 _ - . :</c>; null for anything else, which may be any text.</summary>
    public static string? Word(ReadOnlySpan<byte> value)
    {
        const int longest = 64;
        if (Text(value) is not { Length: <= longest } word)
            return null;
        foreach (char letter in word)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('_' or '-' or '.' or ':'))
                return null;
        }

        return word;
    }

    /// <summary>A whole number, also one spelled <c>3.0</c>; null for anything else.</summary>
    public static long? Number(ReadOnlySpan<byte> value)
    {
        if (Utf8Parser.TryParse(value, out long number, out int read) && read == value.Length)
            return number;
        return Utf8Parser.TryParse(value, out double real, out read) && read == value.Length && Math.Abs(real) <= MostTokens && real == Math.Floor(real)
            ? (long)real
            : null;
    }

    /// <summary>A count of tokens; null for what cannot be one.</summary>
    public static long? Count(ReadOnlySpan<byte> value) => Number(value) is { } count and >= 0 && count <= MostTokens ? count : null;

    /// <summary>Whether the bytes, which nobody has read yet, are one whole JSON object.</summary>
    public static bool IsWholeObject(ReadOnlySpan<byte> json)
    {
        try
        {
            var fields = new JsonFields(json);
            while (fields.MoveNext())
            {
            }

            return true;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
