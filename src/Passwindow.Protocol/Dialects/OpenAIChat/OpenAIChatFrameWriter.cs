using System.Buffers;
using System.Globalization;
using System.Text;
using Passwindow.Protocol.ServerSentEvents;

namespace Passwindow.Protocol.Dialects.OpenAIChat;

/// <summary>
/// The dialect <c>openai</c>: chunks of OpenAI's Chat Completions, then <c>data: [DONE]</c>. One choice; thinking as <c>reasoning_content</c>,
/// the field that compatible servers and their clients use; sources as <c>annotations</c>, all at the end, because the SDKs keep only the
/// last list that they are given.
/// </summary>
/// <remarks>
/// A turn that did not come to the model's own end has no <c>finish_reason</c> and no <c>[DONE]</c>: its last frame is an <c>error</c>, which
/// makes the official SDKs throw. Calls of the server's own tools are left out: a client would try to run them.
/// </remarks>
public sealed class OpenAIChatFrameWriter : IFrameWriter
{
    private readonly FrameContext _context;
    private readonly bool _includeUsage;
    private readonly OpenAIChatCalls _calls = new();
    private readonly ArrayBufferWriter<byte> _annotations = new();
    private byte[] _head = [];
    private byte[] _choicesHead = [];
    private byte[] _usage = [];
    private bool _hasBegun;
    private bool _hasFailed;

    /// <summary>Makes the writer of one turn.</summary>
    /// <param name="context">What is known of the turn.</param>
    /// <param name="includeUsage">Whether a chunk with the usage stands before the end (<c>stream_options.include_usage</c>).</param>
    public OpenAIChatFrameWriter(FrameContext context, bool includeUsage)
    {
        _context = context;
        _includeUsage = includeUsage;
    }

    /// <inheritdoc/>
    public void Write(in CommittedEvent committed, IBufferWriter<byte> output)
    {
        var json = committed.Json.Span;
        switch (committed.Type)
        {
            case EventType.Start:
                Begin(json);
                break;
            case EventType.Token:
                bool refuses = json.IndexOf("\"refusal\""u8) >= 0 && EventJson.TryGetRaw(json, "refusal"u8, out _);
                WriteDelta(output, refuses ? "\"refusal\":"u8 : "\"content\":"u8, EventJson.GetRequired(json, "token"u8));
                break;
            case EventType.Reasoning:
                if (EventJson.GetRequired(json, "reasoning"u8) is { Length: > 2 } reasoning)
                    WriteDelta(output, "\"reasoning_content\":"u8, reasoning);
                break;
            case EventType.ToolArguments when IsClients(json):
                WriteArguments(output, json);
                break;
            case EventType.ToolCall when IsClients(json):
                WriteCall(output, json);
                break;
            case EventType.Citation:
                OpenAIAnnotations.Add(EventJson.GetRequired(json, "citation"u8), _annotations);
                break;
            case EventType.Usage:
                _usage = OpenAIChatUsageJson.Of(json);
                break;
            case EventType.Error:
                Fail(output, json);
                break;
            case EventType.Done:
                End(output, json);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    public void WriteHeartbeat(IBufferWriter<byte> output) => output.Write(SseFrame.Ping);

    /// <inheritdoc/>
    public void WriteNotice(in ViewerNotice notice, IBufferWriter<byte> output) => OpenAIErrorJson.WriteFrame(output, NoticeJson.Error(notice));

    private bool IsClients(ReadOnlySpan<byte> json) => _calls.IsClients(json, _context);

    // What all chunks begin with is spelled once.
    private void Begin(ReadOnlySpan<byte> start)
    {
        string turn = EventJson.GetString(start, "turn_id"u8)!;
        var created = DateTimeOffset.Parse(EventJson.GetString(start, "created_at"u8)!, CultureInfo.InvariantCulture);
        string model = Encoding.UTF8.GetString(EventJson.GetRequired(start, "model"u8));
        string opening = string.Create(
            CultureInfo.InvariantCulture, $$"""data: {"id":"chatcmpl-{{turn}}","object":"chat.completion.chunk","created":{{created.ToUnixTimeSeconds()}},"model":{{model}},"choices":[""");
        SseFrame.ThrowIfLineBreak(Encoding.UTF8.GetBytes(opening));
        _choicesHead = Encoding.UTF8.GetBytes(opening);
        _head = Encoding.UTF8.GetBytes(opening + """{"index":0,"delta":{""");
    }

    // The role stands in the first chunk, whatever that says.
    private void Open(IBufferWriter<byte> output, bool hasContent)
    {
        output.Write(_head);
        if (_hasBegun)
            return;
        _hasBegun = true;
        output.Write(hasContent ? "\"role\":\"assistant\","u8 : "\"role\":\"assistant\",\"content\":null,"u8);
    }

    private void Close(IBufferWriter<byte> output) => output.Write(_includeUsage ? "},\"finish_reason\":null}],\"usage\":null}\n\n"u8 : "},\"finish_reason\":null}]}\n\n"u8);

    // The value keeps the journal's own spelling: it is copied, not parsed and written again.
    private void WriteDelta(IBufferWriter<byte> output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        SseFrame.ThrowIfLineBreak(value);
        Open(output, hasContent: name.SequenceEqual("\"content\":"u8));
        output.Write(name);
        output.Write(value);
        Close(output);
    }

    private void WriteArguments(IBufferWriter<byte> output, ReadOnlySpan<byte> json)
    {
        var id = EventJson.GetRequired(json, "id"u8);
        var delta = EventJson.GetRequired(json, "delta"u8);
        SseFrame.ThrowIfLineBreak(json);
        int index = _calls.Find(id, out bool isNew);
        Open(output, hasContent: false);
        WriteFunction(output, index, isNew ? id : default, isNew ? EventJson.GetRequired(json, "name"u8) : default);
        output.Write(delta);
        output.Write("}}]"u8);
        Close(output);
    }

    /// <summary>A call is whole. If its arguments came in pieces, all is said.</summary>
    private void WriteCall(IBufferWriter<byte> output, ReadOnlySpan<byte> json)
    {
        var id = EventJson.GetRequired(json, "id"u8);
        int index = _calls.Find(id, out bool isNew);
        if (!isNew)
            return;
        SseFrame.ThrowIfLineBreak(json);
        Open(output, hasContent: false);
        WriteFunction(output, index, id, EventJson.GetRequired(json, "name"u8));
        output.Write(OpenAIChatCalls.AsText(EventJson.GetRequired(json, "arguments"u8)));
        output.Write("}}]"u8);
        Close(output);
    }

    private static void WriteFunction(IBufferWriter<byte> output, int index, ReadOnlySpan<byte> id, ReadOnlySpan<byte> name)
    {
        output.Write("\"tool_calls\":[{\"index\":"u8);
        WriteNumber(output, index);
        if (!id.IsEmpty)
        {
            output.Write(",\"id\":"u8);
            output.Write(id);
            output.Write(",\"type\":\"function\",\"function\":{\"name\":"u8);
            output.Write(name);
            output.Write(",\"arguments\":"u8);
        }
        else
        {
            output.Write(",\"function\":{\"arguments\":"u8);
        }
    }

    private void Fail(IBufferWriter<byte> output, ReadOnlySpan<byte> error)
    {
        _hasFailed = true;
        WriteUsage(output);
        OpenAIErrorJson.WriteFrame(output, error);
    }

    private void End(IBufferWriter<byte> output, ReadOnlySpan<byte> done)
    {
        if (_hasFailed)
            return;
        if (OpenAIWords.Finish(EventJson.GetString(done, "finish_reason"u8)) is not { } reason)
        {
            WriteUsage(output);
            OpenAIErrorJson.WriteEndFrame(output, EventJson.GetString(done, "finish_reason"u8));
            return;
        }

        output.Write(_head);
        if (!_hasBegun)
            output.Write("\"role\":\"assistant\",\"content\":\"\""u8);
        if (_annotations.WrittenCount > 0)
        {
            output.Write(_hasBegun ? "\"annotations\":["u8 : ",\"annotations\":["u8);
            output.Write(_annotations.WrittenSpan);
            output.Write("]"u8);
        }

        output.Write("},\"finish_reason\":\""u8);
        output.Write(Encoding.UTF8.GetBytes(reason));
        output.Write(_includeUsage ? "\"}],\"usage\":null}\n\n"u8 : "\"}]}\n\n"u8);
        WriteUsage(output);
        output.Write("data: [DONE]\n\n"u8);
    }

    private void WriteUsage(IBufferWriter<byte> output)
    {
        if (!_includeUsage || _usage.Length == 0)
            return;
        output.Write(_choicesHead);
        output.Write("],\"usage\":"u8);
        output.Write(_usage);
        output.Write("}\n\n"u8);
    }

    private static void WriteNumber(IBufferWriter<byte> output, int number)
    {
        const int longest = 11;
        System.Buffers.Text.Utf8Formatter.TryFormat(number, output.GetSpan(longest), out int written);
        output.Advance(written);
    }
}
