using Passwindow.Protocol.Upstream;
using Passwindow.Protocol.Upstream.Reading;

namespace Passwindow.Protocol.Dialects.Anthropic;

/// <summary>
/// Reads content blocks. Text, thinking and <c>tool_use</c> are the model's words to us; every other kind (<c>server_tool_use</c>,
/// <c>mcp_tool_use</c>, their results, <c>compaction</c>, …) is the provider's own affair and says nothing.
/// </summary>
internal sealed class AnthropicBlocks(TextBuffer buffer, AnswerText text, ToolCallAssembler calls)
{
    /// <summary>The most blocks that one answer may have.</summary>
    private const int MaxBlocks = 4096;

    private readonly Dictionary<long, Block> _open = [];
    private readonly CitationWriter _citations = new(buffer);
    private readonly List<(PendingToolCall Call, byte[] Input)> _inputs = [];
    private int _count;

    private enum Kind
    {
        Other,
        Text,
        Thinking,
        ToolUse,
    }

    /// <summary><c>content_block_start</c>.</summary>
    public void Start(long index, ReadOnlySpan<byte> json, ICollection<ChatEvent> said)
    {
        if (++_count > MaxBlocks)
            throw UpstreamFault.Malformed($"The model's answer has more than {MaxBlocks} blocks.");
        _open[index] = Open(index, json, said);
    }

    /// <summary><c>content_block_delta</c>. Kinds of delta that do not belong to the block's kind, or that nobody knows yet, are skipped.</summary>
    /// <returns>Whether it was a piece of text.</returns>
    public bool Delta(long index, ReadOnlySpan<byte> json, ICollection<ChatEvent> said)
    {
        if (!_open.TryGetValue(index, out var block))
            throw UpstreamFault.Malformed("The model's provider continued a block that it had not begun.");
        ReadOnlySpan<byte> type = default, piece = default, thinking = default, signature = default, partial = default, citation = default;
        var fields = new JsonFields(json);
        while (fields.MoveNext())
        {
            _ = fields.Take("type"u8, ref type)
                || fields.Take("text"u8, ref piece)
                || fields.Take("thinking"u8, ref thinking)
                || fields.Take("signature"u8, ref signature)
                || fields.Take("partial_json"u8, ref partial)
                || fields.Take("citation"u8, ref citation);
        }

        switch (block.Kind)
        {
            case Kind.Text when JsonSlice.Is(type, "text_delta"u8):
                text.Text(piece, said);
                return true;
            case Kind.Text when JsonSlice.Is(type, "citations_delta"u8) && JsonSlice.IsObject(citation):
                _citations.Tell(citation, type: default, said);
                break;
            case Kind.Thinking when JsonSlice.Is(type, "thinking_delta"u8):
                text.Reasoning(thinking, said);
                break;
            case Kind.Thinking when JsonSlice.Is(type, "signature_delta"u8):
                Sign(signature, said);
                break;
            case Kind.ToolUse when JsonSlice.Is(type, "input_json_delta"u8):
                calls.Add(block.Call!, partial, said);
                break;
        }

        return false;
    }

    /// <summary><c>content_block_stop</c>: nothing more may come for the block.</summary>
    public void Stop(long index) => _open.Remove(index);

    /// <summary>The answer has ended: a call whose arguments came with its start, and not in deltas, gets them.</summary>
    public void End(ICollection<ChatEvent> said)
    {
        foreach (var (call, input) in _inputs)
        {
            if (call.Arguments.IsEmpty)
                calls.Add(call, input, said);
        }
    }

    private Block Open(long index, ReadOnlySpan<byte> json, ICollection<ChatEvent> said)
    {
        ReadOnlySpan<byte> type = default, opening = default, thinking = default, signature = default, data = default;
        ReadOnlySpan<byte> id = default, name = default, input = default, citations = default;
        var fields = new JsonFields(json);
        while (fields.MoveNext())
        {
            _ = fields.Take("type"u8, ref type)
                || fields.Take("text"u8, ref opening)
                || fields.Take("thinking"u8, ref thinking)
                || fields.Take("signature"u8, ref signature)
                || fields.Take("data"u8, ref data)
                || fields.Take("id"u8, ref id)
                || fields.Take("name"u8, ref name)
                || fields.Take("input"u8, ref input)
                || fields.Take("citations"u8, ref citations);
        }

        if (JsonSlice.Is(type, "text"u8))
        {
            text.Text(opening, said);
            Cite(citations, said);
            return new Block(Kind.Text, null);
        }

        if (JsonSlice.Is(type, "thinking"u8))
        {
            text.Reasoning(thinking, said);
            Sign(signature, said);
            return new Block(Kind.Thinking, null);
        }

        if (JsonSlice.Is(type, "redacted_thinking"u8) && JsonSlice.Text(data) is { } redacted)
            said.Add(new ReasoningDelta(default) { Redacted = redacted });
        if (!JsonSlice.Is(type, "tool_use"u8))
            return new Block(Kind.Other, null);
        var call = calls.Begin(JsonSlice.Text(id), index);
        call.Name = JsonSlice.Text(name) ?? "";
        if (JsonSlice.IsObject(input))
            _inputs.Add((call, input.ToArray()));
        return new Block(Kind.ToolUse, call);
    }

    private void Cite(ReadOnlySpan<byte> citations, ICollection<ChatEvent> said)
    {
        if (!JsonSlice.IsArray(citations))
            return;
        var items = new JsonItems(citations);
        while (items.MoveNext())
        {
            if (JsonSlice.IsObject(items.Value))
                _citations.Tell(items.Value, type: default, said);
        }
    }

    private static void Sign(ReadOnlySpan<byte> signature, ICollection<ChatEvent> said)
    {
        if (JsonSlice.Text(signature) is { } signed)
            said.Add(new ReasoningDelta(default) { Signature = signed });
    }

    private readonly record struct Block(Kind Kind, PendingToolCall? Call);
}
