using System.Buffers;
using System.Globalization;
using System.Text;
using Passwindow.Protocol.ServerSentEvents;
using Passwindow.Protocol.Upstream.Reading;

namespace Passwindow.Protocol.Dialects.UIMessages;

/// <summary>
/// The UI message stream of the Vercel AI SDK, versions 5 to 7 (<c>x-vercel-ai-ui-message-stream: v1</c>): the turn as the parts of one
/// assistant message whose id is the turn's. What it has no chunk for is a <c>data-*</c> part.
/// </summary>
public sealed class UIMessageFrameWriter : IFrameWriter
{
    private readonly FrameContext _context;
    private readonly UIMessageParts _parts = new();
    private readonly UIMessageCalls _calls;
    private readonly UIMessageEnd _end;
    private byte[] _start = [];
    private bool _hasSpoken;

    /// <summary>Makes a writer for one turn, or for one message that several turns make.</summary>
    public UIMessageFrameWriter(FrameContext context, UIMessageOptions options)
    {
        ArgumentNullException.ThrowIfNull(context);
        _context = context;
        _calls = new UIMessageCalls(context.IsClientTool, options);
        _end = new UIMessageEnd(options);
    }

    /// <inheritdoc/>
    public void Write(in CommittedEvent committed, IBufferWriter<byte> output)
    {
        var json = committed.Json.Span;
        SseFrame.ThrowIfLineBreak(json);
        switch (committed.Type)
        {
            case EventType.Start:
                Start(output, json);
                break;
            case EventType.Token or EventType.Reasoning or EventType.ToolArguments or EventType.ToolCall:
                Speak(committed, output, json);
                break;
            case EventType.ToolResult:
                Answer(output, json);
                break;
            case EventType.Action:
                Act(output, json);
                break;
            case EventType.Citation:
                Cite(output, committed.Seq, EventJson.GetRequired(json, "citation"u8));
                break;
            case EventType.SuggestedQuestions:
                _parts.End(output);
                WriteData(output, "data-suggested-questions"u8, "\"suggested-questions\""u8, EventJson.GetRequired(json, "suggested_questions"u8));
                break;
            case EventType.Usage or EventType.Error:
                _end.Keep(committed);
                break;
            case EventType.Done:
                _parts.EndStep(output);
                _end.Write(output, _start, json);
                break;
            default:
                Other(output, json);
                break;
        }
    }

    /// <summary>Begins the response of a client that goes on in the message of an earlier response, which <see cref="WritePause"/> ended.</summary>
    public void WriteOpening(IBufferWriter<byte> output)
    {
        _parts.Forget();
        WriteStart(output);
    }

    /// <inheritdoc/>
    public void WritePause(IBufferWriter<byte> output)
    {
        _parts.WriteStepEnd(output);
        _end.WritePause(output, _start);
    }

    /// <inheritdoc/>
    public void WriteHeartbeat(IBufferWriter<byte> output) => output.Write(SseFrame.Ping);

    /// <inheritdoc/>
    public void WriteNotice(in ViewerNotice notice, IBufferWriter<byte> output)
    {
        _parts.WriteStepEnd(output);
        UIMessageEnd.WriteError(output, EventJson.GetRequired(NoticeJson.Error(notice), "message"u8));
        output.Write(UIMessageChunk.Done);
    }

    private void Start(IBufferWriter<byte> output, ReadOnlySpan<byte> json)
    {
        bool goesOn = _start.Length > 0; // a turn that continues the one before, shown as one message
        _start = json.ToArray();
        if (!goesOn)
        {
            WriteStart(output);
            return;
        }

        _parts.EndStep(output);
        UIMessageChunk.Begin(output, "message-metadata"u8);
        WriteTurn(output);
    }

    private void WriteStart(IBufferWriter<byte> output)
    {
        UIMessageChunk.Begin(output, "start"u8);
        if (_context.Root is { } root)
            UIMessageChunk.Member(output, "messageId"u8, Encoding.ASCII.GetBytes($"\"{root}\""));
        else
            UIMessageChunk.MemberOf(output, "messageId"u8, _start, "turn_id"u8);
        WriteTurn(output);
    }

    private void WriteTurn(IBufferWriter<byte> output)
    {
        UIMessageEnd.WriteTurn(output, _start, EventJson.GetRequired(_start, "model"u8));
        output.Write("}"u8);
        UIMessageChunk.End(output);
    }

    private void Speak(in CommittedEvent committed, IBufferWriter<byte> output, ReadOnlySpan<byte> json)
    {
        _hasSpoken = true;
        _parts.Speak(output);
        switch (committed.Type)
        {
            case EventType.Token:
                _parts.Text(output, committed.Seq, EventJson.GetRequired(json, "token"u8));
                break;
            case EventType.Reasoning:
                Think(committed, output, json);
                break;
            case EventType.ToolArguments:
                _parts.End(output);
                _calls.Arguments(output, json);
                break;
            default:
                _parts.End(output);
                _calls.Called(output, json);
                break;
        }
    }

    // The signature stands at the end of a thought. It is the provider's: the journal keeps it, and no page needs it.
    private void Think(in CommittedEvent committed, IBufferWriter<byte> output, ReadOnlySpan<byte> json)
    {
        _parts.Reasoning(output, committed.Seq, EventJson.GetRequired(json, "reasoning"u8));
        if (EventJson.TryGetRaw(json, "signature"u8, out _))
            _parts.End(output);
    }

    private void Answer(IBufferWriter<byte> output, ReadOnlySpan<byte> json)
    {
        // A turn that continues another begins with what the client's own tools gave: the client has it, in another response's part.
        if (_context.Root is not null && !_hasSpoken && !_calls.Knows(json))
            return;
        _parts.Answer(output);
        _calls.Answered(output, json);
    }

    private void Act(IBufferWriter<byte> output, ReadOnlySpan<byte> json)
    {
        var id = EventJson.GetRequired(json, "id"u8);
        var action = EventJson.GetRequired(json, "action"u8);
        _parts.Act(output);
        _calls.Acted(output, id, action);
        WriteData(output, "data-action"u8, id, action);
    }

    private static void Cite(IBufferWriter<byte> output, long seq, ReadOnlySpan<byte> citation)
    {
        ReadOnlySpan<byte> url = default, title = default;
        bool hasMore = false;
        var fields = new JsonFields(citation);
        while (fields.MoveNext())
            hasMore |= !fields.Take("url"u8, ref url) && !fields.Take("title"u8, ref title);
        byte[] id = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\"source-{seq}\""));
        if (!JsonSlice.IsString(url))
        {
            WriteData(output, "data-citation"u8, id, citation);
            return;
        }

        UIMessageChunk.Begin(output, "source-url"u8);
        UIMessageChunk.Member(output, "sourceId"u8, id);
        UIMessageChunk.Member(output, "url"u8, url);
        if (JsonSlice.IsString(title))
            UIMessageChunk.Member(output, "title"u8, title);
        if (hasMore)
        {
            output.Write(",\"providerMetadata\":{\"passwindow\":"u8);
            output.Write(citation);
            output.Write("}"u8);
        }

        UIMessageChunk.End(output);
    }

    /// <summary>A seam, which stands between what was said before and after it, or an event of a later version.</summary>
    private void Other(IBufferWriter<byte> output, ReadOnlySpan<byte> json)
    {
        _parts.End(output);
        output.Write("data: {\"type\":\"data-"u8);
        output.Write(EventJson.GetRequired(json, "type"u8)[1..]);
        output.Write(",\"data\":"u8);
        UIMessageEnd.WriteRest(output, json);
        UIMessageChunk.End(output);
    }

    private static void WriteData(IBufferWriter<byte> output, ReadOnlySpan<byte> type, ReadOnlySpan<byte> id, ReadOnlySpan<byte> data)
    {
        UIMessageChunk.Begin(output, type);
        UIMessageChunk.Member(output, "id"u8, id);
        UIMessageChunk.Member(output, "data"u8, data);
        UIMessageChunk.End(output);
    }
}
