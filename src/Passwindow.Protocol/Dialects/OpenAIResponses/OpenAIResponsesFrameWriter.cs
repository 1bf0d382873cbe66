using System.Buffers;
using System.Text.Json;
using Passwindow.Protocol.ServerSentEvents;

namespace Passwindow.Protocol.Dialects.OpenAIResponses;

/// <summary>
/// The dialect of OpenAI's Responses API: items that are added, grow and are done, then the whole response. The same writer knows the
/// <c>response</c> object at any point (<see cref="WriteResponse"/>).
/// </summary>
/// <remarks>
/// Of tools only the calls that the client answers are shown. Actions, suggested questions and seams have no words here. A turn that was stopped ends with
/// <c>response.incomplete</c> whose response is <c>cancelled</c>: the API has no event of its own for that, and its SDKs refuse a type they do not know.
/// </remarks>
public sealed class OpenAIResponsesFrameWriter : IFrameWriter
{
    private readonly FrameContext _context;
    private readonly ResponseFrames _frames;
    private readonly ResponseObject _response;
    private readonly ResponseItems _items;

    /// <summary>Makes the writer of one response.</summary>
    /// <param name="context">What is known of the turn.</param>
    /// <param name="startingAfter">The <c>sequence_number</c> of the last event that the client has: what follows it is written. -1 for all.</param>
    /// <param name="showsEncrypted">Whether thinking is shown with what its provider wants back, though the client did not ask for that.</param>
    public OpenAIResponsesFrameWriter(FrameContext context, long startingAfter = -1, bool showsEncrypted = false)
    {
        _context = context;
        _frames = new ResponseFrames(startingAfter);
        _response = new ResponseObject(context, showsEncrypted);
        _items = new ResponseItems(_response, _frames);
    }

    /// <summary>The <c>sequence_number</c> of the last event so far; -1 before the first.</summary>
    public long LastNumber => _frames.Next - 1;

    /// <inheritdoc/>
    public void Write(in CommittedEvent committed, IBufferWriter<byte> output)
    {
        var json = committed.Json.Span;
        switch (committed.Type)
        {
            case EventType.Start:
                _response.Start(json);
                _items.Turn = committed.Turn;
                WriteWhole(output, "response.created"u8);
                WriteWhole(output, "response.in_progress"u8);
                break;
            case EventType.Token:
                _items.Say(EventJson.GetRequired(json, "token"u8), EventJson.TryGetRaw(json, "refusal"u8, out _), output);
                break;
            case EventType.Reasoning:
                _items.Think(json, output);
                break;
            case EventType.ToolArguments when IsShown(json):
                _items.Call(json, output);
                _items.Argue(json, output);
                break;
            case EventType.ToolCall when IsShown(json):
                _items.Call(json, output);
                _items.CompleteCall(json, output);
                break;
            case EventType.Citation:
                _items.Cite(EventJson.GetRequired(json, "citation"u8), output);
                break;
            case EventType.Usage:
                _response.Use(json);
                break;
            case EventType.Error:
                _response.Fail(json);
                break;
            case EventType.Done:
                End(json, output);
                break;
            default:
                break;
        }
    }

    /// <summary>Writes the <c>response</c> object as it is now.</summary>
    public void WriteResponse(IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, EventWriter.Options);
        _response.WriteTo(json);
    }

    /// <summary>Writes one item of the response's output; false if it has none of that place.</summary>
    public bool TryWriteItem(int index, IBufferWriter<byte> output)
    {
        if (index < 0 || index >= _response.Output.Count)
            return false;
        using var json = new Utf8JsonWriter(output, EventWriter.Options);
        _response.Output[index].WriteTo(json);
        return true;
    }

    /// <inheritdoc/>
    public void WriteHeartbeat(IBufferWriter<byte> output) => output.Write(SseFrame.Ping);

    /// <inheritdoc/>
    public void WriteNotice(in ViewerNotice notice, IBufferWriter<byte> output)
    {
        string code = Words.Of(notice.Code), message = notice.Message;
        _frames.WriteUnnumbered(output, "error"u8, json =>
        {
            json.WriteString("code"u8, code);
            json.WriteString("message"u8, message);
            json.WriteNull("param"u8);
        });
    }

    private bool IsShown(ReadOnlySpan<byte> json) => _context.IsClientTool(EventJson.GetString(json, "name"u8) ?? "");

    private void End(ReadOnlySpan<byte> json, IBufferWriter<byte> output)
    {
        var reason = Words.TryParse(EventJson.GetString(json, "finish_reason"u8), out FinishReason known) ? known : FinishReason.Interrupted;
        _items.End(isWhole: reason is FinishReason.Stop or FinishReason.ToolCalls, output);
        _response.End(reason);
        WriteWhole(output, _response.Status switch
        {
            "completed" => "response.completed"u8,
            "failed" => "response.failed"u8,
            _ => "response.incomplete"u8,
        });
    }

    private void WriteWhole(IBufferWriter<byte> output, ReadOnlySpan<byte> type) => _frames.Write(output, type, json =>
    {
        json.WritePropertyName("response"u8);
        _response.WriteTo(json);
    });
}
