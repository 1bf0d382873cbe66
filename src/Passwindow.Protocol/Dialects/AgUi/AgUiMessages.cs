using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Passwindow.Protocol.Dialects.AgUi;

/// <summary>What a turn has said so far and what of it is open, and the frames that say the next thing.</summary>
internal sealed class AgUiMessages
{
    private readonly List<AgUiMessage> _messages = [];
    private readonly List<AgUiCall> _calls = [];
    private readonly ArrayBufferWriter<byte> _customs = new(64);
    private AgUiMessage? _text;
    private AgUiMessage? _reasoning;
    private AgUiMessage? _round;

    /// <summary>The turn: ids of messages are made of it and of the event that opened them.</summary>
    public string Turn { get; set; } = "";

    public IReadOnlyList<AgUiCall> Calls => _calls;

    public void Text(long seq, ReadOnlySpan<byte> json, IBufferWriter<byte> output)
    {
        if (json.Length <= 2)
            return; // "": clients before 1.0 refuse an empty delta
        if (_text is null)
        {
            CloseMessage(output);
            _text = _round = Add(seq, "assistant");
            AgUiFrames.WriteMessage(output, "TEXT_MESSAGE_START"u8, _text.Id, ",\"role\":\"assistant\""u8);
        }

        _text.Append(json[1..^1]);
        AgUiFrames.WriteDelta(output, "TEXT_MESSAGE_CONTENT"u8, _text.Id, json);
    }

    public void Reasoning(long seq, ReadOnlySpan<byte> json, IBufferWriter<byte> output)
    {
        if (json.Length <= 2)
            return;
        if (_reasoning is null)
        {
            CloseMessage(output);
            _reasoning = Add(seq, "reasoning");
            WriteReasoningStart(output, _reasoning);
        }

        _reasoning.Append(json[1..^1]);
        AgUiFrames.WriteDelta(output, "REASONING_MESSAGE_CONTENT"u8, _reasoning.Id, json);
    }

    public void Arguments(long seq, ReadOnlySpan<byte> json, IBufferWriter<byte> output)
    {
        var call = Find(EventJson.GetRequired(json, "id"u8), isOpen: true) ?? Open(seq, json, output);
        var delta = EventJson.GetRequired(json, "delta"u8);
        if (delta.Length > 2)
            Append(call, delta[1..^1], output);
    }

    public void Call(long seq, ReadOnlySpan<byte> json, IBufferWriter<byte> output)
    {
        var call = Find(EventJson.GetRequired(json, "id"u8), isOpen: true) ?? Open(seq, json, output);
        call.NeedsApproval = EventJson.TryGetRaw(json, "approval"u8, out _);
        if (!call.HasArguments)
            Append(call, AgUiJson.Escape(EventJson.GetRequired(json, "arguments"u8)), output);
        Close(call, output);
    }

    public void Result(long seq, ReadOnlySpan<byte> json, IBufferWriter<byte> output)
    {
        CloseMessage(output);
        var id = EventJson.GetRequired(json, "id"u8);
        bool isError = EventJson.TryGetRaw(json, "error"u8, out var content);
        if (!isError)
            content = EventJson.GetRequired(json, "result"u8);
        var escaped = content[0] == '"' ? content[1..^1] : AgUiJson.Escape(content);
        Answer(Find(id, isOpen: false), id, MessageId(seq), escaped, isError ? "{\"is_error\":true}"u8 : default, output);
    }

    /// <summary>A call turned out to be an action: if its arguments were told, its end is told too.</summary>
    public void Act(long seq, ReadOnlySpan<byte> id, IBufferWriter<byte> output)
    {
        if (Find(id, isOpen: true) is { } call)
            Answer(call, id, MessageId(seq), "done"u8, default, output);
    }

    /// <summary>Tells that nobody answers a call.</summary>
    public void NotAnswered(AgUiCall call, string error, IBufferWriter<byte> output) =>
        Answer(call, call.Id, [.. call.Parent.Id, .. "-"u8, .. Encoding.ASCII.GetBytes(_calls.IndexOf(call).ToString(CultureInfo.InvariantCulture))], Encoding.UTF8.GetBytes(error), "{\"is_error\":true,\"unanswered\":true}"u8, output);

    public void Custom(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, IBufferWriter<byte> output)
    {
        AgUiFrames.WriteCustom(output, name, value);
        AgUiFrames.WriteCustom(_customs, name, value);
    }

    /// <summary>Closes the text or the reasoning that is open.</summary>
    public void CloseMessage(IBufferWriter<byte> output)
    {
        if (_text is not null)
            AgUiFrames.WriteMessage(output, "TEXT_MESSAGE_END"u8, _text.Id);
        if (_reasoning is not null)
        {
            AgUiFrames.WriteMessage(output, "REASONING_MESSAGE_END"u8, _reasoning.Id);
            AgUiFrames.WriteMessage(output, "REASONING_END"u8, _reasoning.Id);
        }

        _text = _reasoning = null;
    }

    /// <summary>Closes all that is open: a run cannot finish before.</summary>
    public void CloseAll(IBufferWriter<byte> output)
    {
        CloseMessage(output);
        foreach (var call in _calls)
            Close(call, output);
    }

    /// <summary>Opens for a client that comes now what is open, and tells it what is no message.</summary>
    public void WriteOpen(IBufferWriter<byte> output)
    {
        output.Write(_customs.WrittenSpan);
        if (_text is not null)
            AgUiFrames.WriteMessage(output, "TEXT_MESSAGE_START"u8, _text.Id, ",\"role\":\"assistant\""u8);
        if (_reasoning is not null)
            WriteReasoningStart(output, _reasoning);
        foreach (var call in _calls.Where(static call => call.IsOpen))
            AgUiFrames.WriteCallStart(output, call);
    }

    public void WriteTo(Utf8JsonWriter json)
    {
        foreach (var message in _messages)
            message.WriteTo(json);
    }

    private static void WriteReasoningStart(IBufferWriter<byte> output, AgUiMessage reasoning)
    {
        AgUiFrames.WriteMessage(output, "REASONING_START"u8, reasoning.Id);
        AgUiFrames.WriteMessage(output, "REASONING_MESSAGE_START"u8, reasoning.Id, ",\"role\":\"reasoning\""u8);
    }

    // The calls of one answer stand in one message, with the text before them: so the client's own history is one that providers take.
    private AgUiCall Open(long seq, ReadOnlySpan<byte> json, IBufferWriter<byte> output)
    {
        CloseMessage(output);
        _round ??= Add(seq, "assistant");
        var call = new AgUiCall(EventJson.GetRequired(json, "id"u8).ToArray(), EventJson.GetRequired(json, "name"u8).ToArray(), _round);
        _round.Calls.Add(call);
        _calls.Add(call);
        AgUiFrames.WriteCallStart(output, call);
        return call;
    }

    private static void Append(AgUiCall call, ReadOnlySpan<byte> escaped, IBufferWriter<byte> output)
    {
        call.Append(escaped);
        AgUiFrames.WriteArguments(output, call, escaped);
    }

    private static void Close(AgUiCall call, IBufferWriter<byte> output)
    {
        if (call.IsOpen)
            AgUiFrames.WriteCallEnd(output, call);
        call.IsOpen = false;
    }

    private void Answer(AgUiCall? call, ReadOnlySpan<byte> id, byte[] message, ReadOnlySpan<byte> escaped, ReadOnlySpan<byte> metadata, IBufferWriter<byte> output)
    {
        if (call is not null)
        {
            Close(call, output);
            call.IsAnswered = true;
        }

        _round = null; // what the model says after its tools is its next answer
        var result = new AgUiMessage(message, "tool") { Answers = id.ToArray(), Metadata = metadata.ToArray() };
        result.Append(escaped);
        Insert(result, call);
        AgUiFrames.WriteResult(output, message, id, escaped, metadata);
    }

    // Where a client's own reducer puts it: behind the message that holds the call, and the results that stand there already.
    private void Insert(AgUiMessage result, AgUiCall? call)
    {
        int at = call is null ? -1 : _messages.IndexOf(call.Parent);
        if (at < 0)
        {
            _messages.Add(result);
            return;
        }

        for (at++; at < _messages.Count && _messages[at].IsTool;)
            at++;
        _messages.Insert(at, result);
    }

    private AgUiMessage Add(long seq, string role)
    {
        var message = new AgUiMessage(MessageId(seq), role);
        _messages.Add(message);
        return message;
    }

    private byte[] MessageId(long seq) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Turn}-{seq}"));

    /// <summary>The youngest call of that id, among those that are open, or among those that nobody has answered.</summary>
    private AgUiCall? Find(ReadOnlySpan<byte> id, bool isOpen)
    {
        for (int i = _calls.Count - 1; i >= 0; i--)
        {
            if (_calls[i].Id.AsSpan().SequenceEqual(id) && (isOpen ? _calls[i].IsOpen : !_calls[i].IsAnswered))
                return _calls[i];
        }

        return null;
    }
}
