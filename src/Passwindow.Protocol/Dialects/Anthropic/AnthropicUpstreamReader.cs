using Passwindow.Protocol.Upstream;
using Passwindow.Protocol.Upstream.Reading;

namespace Passwindow.Protocol.Dialects.Anthropic;

/// <summary>Reads the answer of Anthropic Messages (docs.claude.com, "Streaming Messages").</summary>
/// <remarks>
/// <c>message_stop</c> is the end marker; without it an answer broke off, whatever came before. An event is told by the <c>type</c> in its
/// data, because compatible servers leave the <c>event:</c> line out. Memory of the chat events is valid until the next call.
/// </remarks>
public sealed class AnthropicUpstreamReader : UpstreamReader
{
    private const int MaxSequenceBytes = 4096;

    private readonly ToolCallAssembler _calls = new();
    private readonly UsageTotals _usage = new();
    private readonly AnthropicUsage _counts = new();
    private readonly OwnUsage _ownUsage = new();
    private readonly AnswerText _text;
    private readonly AnthropicBlocks _blocks;
    private FinishReason _finish = FinishReason.Stop;
    private string? _word;
    private string? _sequence;
    private bool _wasOnlyText;

    /// <summary>Makes the reader of one answer.</summary>
    public AnthropicUpstreamReader()
    {
        _text = new AnswerText(Buffer);
        _blocks = new AnthropicBlocks(Buffer, _text, _calls);
    }

    private protected override bool WasOnlyText => _wasOnlyText;

    private protected override void ReadEnd(ICollection<ChatEvent> said)
    {
        _text.End(said);
        throw UpstreamFault.Truncated();
    }

    private protected override void ReadWhole(ReadOnlySpan<byte> json, ICollection<ChatEvent> said)
    {
        ReadMessage(json, said);
        Complete(said);
    }

    private protected override void ReadEvent(ReadOnlySpan<byte> data, bool isError, ICollection<ChatEvent> said)
    {
        _wasOnlyText = false;
        if (isError && data[0] != '{')
            throw UpstreamFault.Reported(data);
        ReadOnlySpan<byte> type = default, index = default, block = default, delta = default, message = default, usage = default, error = default;
        var fields = new JsonFields(data);
        while (fields.MoveNext())
        {
            _ = fields.Take("type"u8, ref type)
                || fields.Take("index"u8, ref index)
                || fields.Take("delta"u8, ref delta)
                || fields.Take("content_block"u8, ref block)
                || fields.Take("message"u8, ref message)
                || fields.Take("usage"u8, ref usage)
                || fields.Take("error"u8, ref error);
        }

        if (isError || JsonSlice.Is(type, "error"u8) || JsonSlice.IsTruthy(error))
            throw UpstreamFault.Reported(error.IsEmpty ? data : error);
        if (JsonSlice.Is(type, "content_block_delta"u8))
            _wasOnlyText = _blocks.Delta(IndexOf(index), ObjectOf(delta), said);
        else if (JsonSlice.Is(type, "content_block_start"u8))
            _blocks.Start(IndexOf(index), ObjectOf(block), said);
        else if (JsonSlice.Is(type, "content_block_stop"u8))
            _blocks.Stop(IndexOf(index));
        else if (JsonSlice.Is(type, "message_start"u8))
            ReadStart(ObjectOf(message), said);
        else if (JsonSlice.Is(type, "message_delta"u8))
            ReadMessageDelta(delta, usage, said);
        else if (JsonSlice.Is(type, "message_stop"u8))
            Complete(said);
        else if (JsonSlice.Is(type, "ping"u8))
            said.Add(Heartbeat.Instance);
    }

    private void ReadStart(ReadOnlySpan<byte> message, ICollection<ChatEvent> said)
    {
        ReadOnlySpan<byte> usage = default;
        var fields = new JsonFields(message);
        while (fields.MoveNext())
            fields.Take("usage"u8, ref usage);
        ReadUsage(usage, said);
    }

    private void ReadMessageDelta(ReadOnlySpan<byte> delta, ReadOnlySpan<byte> usage, ICollection<ChatEvent> said)
    {
        ReadUsage(usage, said);
        if (!JsonSlice.IsObject(delta))
            return;
        ReadOnlySpan<byte> reason = default, sequence = default;
        var fields = new JsonFields(delta);
        while (fields.MoveNext())
            _ = fields.Take("stop_reason"u8, ref reason) || fields.Take("stop_sequence"u8, ref sequence);
        SetFinish(reason, sequence);
    }

    private void ReadMessage(ReadOnlySpan<byte> json, ICollection<ChatEvent> said)
    {
        ReadOnlySpan<byte> type = default, content = default, usage = default, reason = default, sequence = default, error = default, role = default;
        var fields = new JsonFields(json);
        while (fields.MoveNext())
        {
            _ = fields.Take("type"u8, ref type)
                || fields.Take("content"u8, ref content)
                || fields.Take("usage"u8, ref usage)
                || fields.Take("stop_reason"u8, ref reason)
                || fields.Take("stop_sequence"u8, ref sequence)
                || fields.Take("error"u8, ref error)
                || fields.Take("role"u8, ref role);
        }

        if (JsonSlice.Is(type, "error"u8) || JsonSlice.IsTruthy(error))
            throw UpstreamFault.Reported(error.IsEmpty ? json : error);
        if (!JsonSlice.IsArray(content))
            throw UpstreamFault.Malformed("The model's provider answered with something else than an answer.");
        var items = new JsonItems(content);
        for (long index = 0; items.MoveNext(); index++)
            _blocks.Start(index, ObjectOf(items.Value), said);
        ReadUsage(usage, said);
        SetFinish(reason, sequence);
    }

    private void ReadUsage(ReadOnlySpan<byte> usage, ICollection<ChatEvent> said)
    {
        if (!JsonSlice.IsObject(usage))
            return;
        _usage.Report(_counts.Read(usage), said);
        _ownUsage.Keep(usage, isWhole: false);
    }

    private void SetFinish(ReadOnlySpan<byte> word, ReadOnlySpan<byte> sequence)
    {
        if (!JsonSlice.IsString(word) || word.Length == 2)
            return;
        _word = JsonSlice.Word(word);
        _sequence = sequence.Length <= MaxSequenceBytes ? JsonSlice.Text(sequence) : null;
        if (JsonSlice.Is(word, "max_tokens"u8) || JsonSlice.Is(word, "model_context_window_exceeded"u8))
            _finish = FinishReason.Length;
        else if (JsonSlice.Is(word, "refusal"u8))
            _finish = FinishReason.ContentFilter;
        else
            _finish = FinishReason.Stop; // `tool_use` shows in the calls
    }

    private void Complete(ICollection<ChatEvent> said)
    {
        _text.End(said);
        _blocks.End(said);
        bool hasCalls = _calls.End(wasCut: _finish != FinishReason.Stop, said);
        said.Add(new AnswerEnded(_finish == FinishReason.Stop && hasCalls ? FinishReason.ToolCalls : _finish)
        {
            UpstreamReason = _word,
            StopSequence = _sequence,
            UpstreamUsage = _ownUsage.ToJson(),
        });
        IsComplete = true;
    }

    private static long IndexOf(ReadOnlySpan<byte> index) =>
        JsonSlice.Number(index) ?? throw UpstreamFault.Malformed("The model's provider sent a block without its index.");

    private static ReadOnlySpan<byte> ObjectOf(ReadOnlySpan<byte> value) =>
        JsonSlice.IsObject(value) ? value : throw UpstreamFault.Malformed("The model's provider left a part of an event out.");
}
