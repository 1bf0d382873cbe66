using System.Buffers;
using System.Buffers.Text;
using Passwindow.Protocol.Dialects.OpenAIChat;
using Passwindow.Protocol.Upstream.Reading;

namespace Passwindow.Protocol.Dialects.Anthropic;

/// <summary>
/// The content blocks of one message. One is open at a time, but for calls whose arguments the model writes at the same time: each frame
/// names its block, and a block is closed as soon as another begins and it is whole.
/// </summary>
/// <param name="context">What is known of the turn.</param>
internal sealed class AnthropicContent(FrameContext context)
{
    private readonly List<OpenCall> _calls = [];
    private Kind _open;
    private int _openIndex;
    private int _count;

    private enum Kind
    {
        None,
        Text,
        Thinking,
    }

    private static ReadOnlySpan<byte> NewText => "{\"type\":\"text\",\"text\":\"\"}"u8;

    private static ReadOnlySpan<byte> NewThinking => "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}"u8;

    public void Text(IBufferWriter<byte> output, ReadOnlySpan<byte> text)
    {
        if (text.Length == 2)
            return;
        Open(output, Kind.Text, NewText);
        WriteDelta(output, _openIndex, "text_delta\",\"text\":"u8, text);
    }

    /// <summary>A signature ends the thinking that it signs.</summary>
    public void Thinking(IBufferWriter<byte> output, ReadOnlySpan<byte> json)
    {
        var thinking = EventJson.GetRequired(json, "reasoning"u8);
        if (thinking.Length > 2)
        {
            Open(output, Kind.Thinking, NewThinking);
            WriteDelta(output, _openIndex, "thinking_delta\",\"thinking\":"u8, thinking);
        }

        if (EventJson.TryGetRaw(json, "signature"u8, out var signature))
        {
            Open(output, Kind.Thinking, NewThinking);
            WriteDelta(output, _openIndex, "signature_delta\",\"signature\":"u8, signature);
            Close(output);
        }

        if (EventJson.TryGetRaw(json, "redacted"u8, out var redacted))
        {
            Close(output);
            WriteStart(output, _count, "{\"type\":\"redacted_thinking\",\"data\":"u8, redacted, "}"u8);
            WriteStop(output, _count++);
        }
    }

    public void Cite(IBufferWriter<byte> output, ReadOnlySpan<byte> citation)
    {
        Open(output, Kind.Text, NewText);
        WriteDelta(output, _openIndex, "citations_delta\",\"citation\":"u8, AnthropicCitation.Of(citation));
    }

    public void Arguments(IBufferWriter<byte> output, ReadOnlySpan<byte> json)
    {
        if (Find(output, json, out _) is { } call)
            WriteArguments(output, call, EventJson.GetRequired(json, "delta"u8));
    }

    /// <summary>A call is whole; arguments that did not come in pieces come now.</summary>
    public void Call(IBufferWriter<byte> output, ReadOnlySpan<byte> json)
    {
        if (Find(output, json, out bool isNew) is not { } call)
            return;
        if (isNew)
            WriteArguments(output, call, OpenAIChatCalls.AsText(EventJson.GetRequired(json, "arguments"u8)));
        Close(output, call);
    }

    /// <summary>The message has ended.</summary>
    public void End(IBufferWriter<byte> output)
    {
        Close(output);
        foreach (var call in _calls)
            Close(output, call);
    }

    private static void WriteArguments(IBufferWriter<byte> output, OpenCall call, ReadOnlySpan<byte> text)
    {
        if (text.Length == 2 || !call.IsOpen)
            return;
        WriteDelta(output, call.Index, "input_json_delta\",\"partial_json\":"u8, text);
        call.See(text);
    }

    private OpenCall? Find(IBufferWriter<byte> output, ReadOnlySpan<byte> json, out bool isNew)
    {
        var id = EventJson.GetRequired(json, "id"u8);
        isNew = false;
        foreach (var known in _calls)
        {
            if (id.SequenceEqual(known.Id))
                return known;
        }

        var name = EventJson.GetRequired(json, "name"u8);
        if (!context.IsClientTool(EventJson.GetString(json, "name"u8) ?? ""))
            return null;
        isNew = true;
        CloseWhatIsWhole(output);
        var call = new OpenCall(id.ToArray(), _count++);
        _calls.Add(call);
        WriteStart(output, call.Index, "{\"type\":\"tool_use\",\"id\":"u8, id, ",\"name\":"u8, name, ",\"input\":{}}"u8);
        return call;
    }

    private void Open(IBufferWriter<byte> output, Kind kind, ReadOnlySpan<byte> block)
    {
        if (_open == kind)
            return;
        CloseWhatIsWhole(output);
        _open = kind;
        _openIndex = _count++;
        WriteStart(output, _openIndex, block);
    }

    private void CloseWhatIsWhole(IBufferWriter<byte> output)
    {
        Close(output);
        foreach (var call in _calls)
        {
            if (call.IsWhole)
                Close(output, call);
        }
    }

    private void Close(IBufferWriter<byte> output)
    {
        if (_open != Kind.None)
            WriteStop(output, _openIndex);
        _open = Kind.None;
    }

    private static void Close(IBufferWriter<byte> output, OpenCall call)
    {
        if (call.IsOpen)
            WriteStop(output, call.Index);
        call.IsOpen = false;
    }

    private static void WriteStart(
        IBufferWriter<byte> output, int index, ReadOnlySpan<byte> a, ReadOnlySpan<byte> b = default, ReadOnlySpan<byte> c = default, ReadOnlySpan<byte> d = default, ReadOnlySpan<byte> e = default)
    {
        output.Write("event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":"u8);
        WriteNumber(output, index);
        output.Write(",\"content_block\":"u8);
        output.Write(a);
        output.Write(b);
        output.Write(c);
        output.Write(d);
        output.Write(e);
        output.Write("}\n\n"u8);
    }

    // The value keeps the journal's own spelling: it is copied, not parsed and written again.
    private static void WriteDelta(IBufferWriter<byte> output, int index, ReadOnlySpan<byte> typeAndName, ReadOnlySpan<byte> value)
    {
        output.Write("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":"u8);
        WriteNumber(output, index);
        output.Write(",\"delta\":{\"type\":\""u8);
        output.Write(typeAndName);
        output.Write(value);
        output.Write("}}\n\n"u8);
    }

    private static void WriteStop(IBufferWriter<byte> output, int index)
    {
        output.Write("event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":"u8);
        WriteNumber(output, index);
        output.Write("}\n\n"u8);
    }

    private static void WriteNumber(IBufferWriter<byte> output, int number)
    {
        const int longest = 11;
        Utf8Formatter.TryFormat(number, output.GetSpan(longest), out int written);
        output.Advance(written);
    }

    private sealed class OpenCall(byte[] id, int index)
    {
        private readonly ArrayBufferWriter<byte> _text = new();
        private ObjectWatch _watch; // a struct that changes: it must not be readonly

        public byte[] Id => id;

        public int Index => index;

        public bool IsOpen { get; set; } = true;

        public bool IsWhole => _watch.HasClosed;

        public void See(ReadOnlySpan<byte> piece)
        {
            _text.ResetWrittenCount();
            SurrogateJoiner.Unescape(piece[1..^1], _text);
            _watch.See(_text.WrittenSpan);
        }
    }
}
