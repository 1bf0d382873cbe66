using System.Text.Json;

namespace Passwindow.Testing.Dialects;

/// <summary>What a client of some dialect has understood of a turn: what must be the same in all of them, as far as each can say it.</summary>
public sealed record Told
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };

    /// <summary>The answer.</summary>
    public string Text { get; init; } = "";

    /// <summary>The thinking.</summary>
    public string Reasoning { get; init; } = "";

    /// <summary>The calls, in order.</summary>
    public IReadOnlyList<ToldCall> Calls { get; init; } = [];

    /// <summary>Tokens of the prompts; null if nobody said.</summary>
    public long? InputTokens { get; init; }

    /// <summary>Tokens of the answer; null if nobody said.</summary>
    public long? OutputTokens { get; init; }

    /// <summary>How it ended, in the native dialect's words; null if that was not said.</summary>
    public string? End { get; init; }

    /// <summary>The code of the error that ended it; null for none.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>All of it, so that two can be compared and a difference be read.</summary>
    public override string ToString() => JsonSerializer.Serialize(this, Readable);
}

/// <summary>A call, and what became of it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">The tool.</param>
/// <param name="Arguments">What the tool was called with, or as much of it as came, without white space where it is JSON.</param>
/// <param name="Result">What the tool gave, or its error; null if nobody answered.</param>
/// <param name="IsError">Whether the tool failed.</param>
public sealed record ToldCall(string Id, string Name, string Arguments, string? Result, bool IsError)
{
    /// <summary>Whether the model completed it; only the native dialect and its kin say so in every case.</summary>
    public bool IsWhole { get; init; }

    /// <summary>JSON spelled one way; anything else as it is.</summary>
    public static string Canonical(string text)
    {
        try
        {
            return JsonSerializer.Serialize(JsonElement.Parse(text));
        }
        catch (JsonException)
        {
            return text;
        }
    }

    /// <summary>A result as a text: a string without its quotes, other JSON spelled one way.</summary>
    public static string TextOf(JsonElement result) => result.ValueKind == JsonValueKind.String ? result.GetString()! : JsonSerializer.Serialize(result);
}

/// <summary>What was sent is not what the dialect's protocol allows.</summary>
/// <param name="message">What and where.</param>
public sealed class ProtocolViolationException(string message) : Exception(message);
