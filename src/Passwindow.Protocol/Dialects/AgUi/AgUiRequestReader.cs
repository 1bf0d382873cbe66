using System.Text.Json;
using Passwindow.Protocol.Dialects.Native;

namespace Passwindow.Protocol.Dialects.AgUi;

/// <summary>
/// Reads AG-UI's <c>RunAgentInput</c> (<c>@ag-ui/core</c> 1.0, and what older clients send). <c>state</c> is skipped: there is none here. Fields it
/// does not know are skipped too.
/// </summary>
public static class AgUiRequestReader
{
    private const int MaxNameLength = 256; // of a thread, a run, a message
    private const int MaxReasonLength = 1000;

    // A body that says one thing twice says nothing certain (RFC 8259, section 4).
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <exception cref="RequestException">It is not what AG-UI asks for, or asks for what cannot be given.</exception>
    public static AgUiRequest Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Options);
            return document.RootElement.ValueKind == JsonValueKind.Object ? Read(document.RootElement) : throw new RequestException("The body must be a JSON object.");
        }
        catch (JsonException e)
        {
            throw new RequestException($"The body is not JSON: {e.Message}");
        }
        catch (InvalidOperationException)
        {
            throw new RequestException("A text in the body holds half of a surrogate pair.");
        }
    }

    private static AgUiRequest Read(JsonElement body)
    {
        var tools = AgUiJson.Array(body, "tools");
        var forwarded = body.TryGetProperty("forwardedProps", out var props) && props.ValueKind == JsonValueKind.Object ? props : (JsonElement?)null;
        return new AgUiRequest(Name(body, "threadId"), Name(body, "runId"), AgUiMessageReader.Read(AgUiJson.Array(body, "messages") ?? throw new RequestException("messages is missing.")))
        {
            SpeaksOne = AgUiJson.Text(body, "protocolVersion") is not null,
            Tools = tools is { } declared ? NativeRequestReader.ReadTools(declared) : [],
            ToolsJson = tools is { } given && given.GetArrayLength() > 0 ? given.Clone() : null,
            Surroundings = Surroundings(body),
            Resume = [.. (AgUiJson.Array(body, "resume") is { } resume ? AgUiJson.Objects(resume, "resume") : []).Select(Answer)],
            Model = forwarded is { } choice ? AgUiJson.Text(choice, "model") : null,
            IfActive = forwarded is { } wish ? NativeRequestReader.IfActiveOf(AgUiJson.Text(wish, "if_active")) : IfActive.Reject,
        };
    }

    private static string Name(JsonElement body, string field) =>
        AgUiJson.Text(body, field) is { Length: > 0 and <= MaxNameLength } name ? name : throw new RequestException($"{field} must be a text of 1 to {MaxNameLength} characters.");

    private static string Surroundings(JsonElement body) => AgUiJson.Array(body, "context") is not { } context
        ? ""
        : string.Join('\n', AgUiJson.Objects(context, "context").Select(static item => $"{AgUiJson.Text(item, "description")}: {AgUiJson.Text(item, "value")}"));

    // What costs money or cannot be undone needs a clear yes: anything else than one is no answer.
    private static AgUiAnswer Answer(JsonElement entry)
    {
        string interrupt = AgUiJson.Text(entry, "interruptId") is { Length: > 0 } id ? id : throw new RequestException("Each of resume must have an interruptId.");
        bool hasPayload = entry.TryGetProperty("payload", out var payload);
        string? reason = hasPayload && payload.ValueKind == JsonValueKind.Object ? AgUiJson.Text(payload, "reason") : null;
        if (reason?.Length > MaxReasonLength)
            throw new RequestException($"A reason may have at most {MaxReasonLength} characters.");
        switch (AgUiJson.Text(entry, "status"))
        {
            case "cancelled":
                return new AgUiAnswer(interrupt, IsApproved: false, reason);
            case "resolved":
                var answer = hasPayload && payload.ValueKind == JsonValueKind.Object && payload.TryGetProperty("approved", out var approved) ? approved : payload;
                return answer.ValueKind is JsonValueKind.True or JsonValueKind.False
                    ? new AgUiAnswer(interrupt, answer.GetBoolean(), reason)
                    : throw new RequestException("The payload of an answer must be true, false, or an object with approved: true or false.");
            default:
                throw new RequestException("The status of each of resume must be resolved or cancelled.");
        }
    }
}
