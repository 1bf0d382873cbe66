using System.Text;
using System.Text.Json;
using Passwindow.Protocol;
using Passwindow.Tools;
using Passwindow.Turns;

namespace Passwindow.Http;

/// <summary>The bodies of <c>tool-results</c> and <c>approvals</c>: arrays of objects with an <c>id</c>.</summary>
internal static class ToolAnswers
{
    /// <summary>The largest body.</summary>
    public const int MaxBytes = 1024 * 1024;

    private const int MaxReasonLength = 1000;

    // What an event cannot hold, with the array around it, is not taken; a body that says one thing twice says nothing certain.
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = EventWriter.MaxDepth, AllowDuplicateProperties = false };

    /// <summary><c>[{id, result}]</c>, or <c>error</c> (a text) in place of <c>result</c>.</summary>
    /// <exception cref="Problem">400: it is something else.</exception>
    public static IReadOnlyList<GivenResult> ReadResults(ReadOnlyMemory<byte> body) => Read(body, static item =>
    {
        bool hasResult = item.TryGetProperty("result", out var result);
        string? error = Text(item, "error", ToolLimits.MaxErrorLength);
        if (hasResult == error is not null)
            throw Problem.Invalid("Each of them must have either result or error.");
        if (hasResult && Encoding.UTF8.GetByteCount(result.GetRawText()) > ToolLimits.MaxResultBytes)
            throw Problem.Invalid($"A result may have at most {ToolLimits.MaxResultBytes} bytes.");
        return new GivenResult(Id(item), hasResult ? result.Clone() : null, error);
    });

    /// <summary><c>[{id, approved, reason?}]</c>, each id once.</summary>
    /// <exception cref="Problem">400: it is something else.</exception>
    public static IReadOnlyList<Approval> ReadApprovals(ReadOnlyMemory<byte> body)
    {
        var approvals = Read(body, static item =>
        {
            if (!item.TryGetProperty("approved", out var approved) || approved.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
                throw Problem.Invalid("approved must be true or false.");
            return new Approval(Id(item), approved.GetBoolean(), Text(item, "reason", MaxReasonLength));
        });
        return approvals.DistinctBy(static approval => approval.Id).Count() == approvals.Count ? approvals : throw Problem.Invalid("A call is answered twice.");
    }

    public static void Write(Utf8JsonWriter json, TurnId turn, IEnumerable<Approval> approvals)
    {
        json.WriteStartObject();
        json.WriteString("turn_id"u8, turn.Value);
        json.WriteStartArray("approvals"u8);
        foreach (var approval in approvals)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, approval.Id);
            json.WriteBoolean("approved"u8, approval.IsApproved);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static List<T> Read<T>(ReadOnlyMemory<byte> body, Func<JsonElement, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Options);
            if (document.RootElement.ValueKind != JsonValueKind.Array || document.RootElement.GetArrayLength() is 0 or > ToolLimits.MaxCallsPerRound)
                throw Problem.Invalid($"The body must be an array of 1 to {ToolLimits.MaxCallsPerRound} objects.");
            return [.. document.RootElement.EnumerateArray().Select(item =>
                item.ValueKind == JsonValueKind.Object ? read(item) : throw Problem.Invalid("The body must be an array of objects."))];
        }
        catch (JsonException e)
        {
            throw Problem.Invalid($"The body is not JSON: {e.Message}");
        }
        catch (InvalidOperationException)
        {
            throw Problem.Invalid("A text in the body holds half of a surrogate pair.");
        }
    }

    private static string Id(JsonElement item) => Text(item, "id", 256) is { Length: > 0 } id ? id : throw Problem.Invalid("Each of them must have the id of a call.");

    private static string? Text(JsonElement item, string name, int longest)
    {
        if (!item.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        if (value.ValueKind != JsonValueKind.String)
            throw Problem.Invalid($"{name} must be a string.");
        return value.GetString() is { } text && text.Length <= longest ? text : throw Problem.Invalid($"{name} may have at most {longest} characters.");
    }
}
