using Passwindow.Protocol.Upstream;
using Passwindow.Protocol.Upstream.Reading;

namespace Passwindow.Protocol.Dialects.OpenAIResponses;

/// <summary>
/// Reads the items of an answer. <c>message</c>, <c>reasoning</c>, <c>function_call</c> and <c>custom_tool_call</c> are the model's words to
/// us; every other kind (<c>web_search_call</c>, <c>mcp_call</c>, <c>shell_call</c>, …) is the provider's own affair and says nothing.
/// </summary>
internal sealed class OpenAIResponsesItems(AnswerText text, ToolCallAssembler calls, CitationWriter citations)
{
    private readonly List<(string ItemId, PendingToolCall Call)> _byItem = [];

    /// <summary><c>response.output_item.added</c>: a call begins.</summary>
    public void Begin(long? index, ReadOnlySpan<byte> item, ICollection<ChatEvent> said)
    {
        var read = Item.Read(item);
        if (read.IsCall)
            BeginCall(index, read, said);
    }

    /// <summary><c>response.output_item.done</c>: what its pieces left out is taken from the whole.</summary>
    public void End(long? index, ReadOnlySpan<byte> item, ICollection<ChatEvent> said)
    {
        var read = Item.Read(item);
        if (read.IsCall)
        {
            var call = Find(index, JsonSlice.Text(read.Id)) ?? BeginCall(index, read, said);
            Complete(call, read.Arguments, said);
        }
        else if (JsonSlice.Is(read.Type, "reasoning"u8) && OpenAIResponsesReasoning.Keep(item) is { } kept)
        {
            said.Add(new ReasoningDelta(default) { Redacted = kept });
        }
    }

    /// <summary>A piece of a call's arguments.</summary>
    public void Arguments(long? index, ReadOnlySpan<byte> itemId, ReadOnlySpan<byte> delta, ICollection<ChatEvent> said) =>
        calls.Add(Known(index, itemId), delta, said);

    /// <summary>A call's arguments, whole: they count where no piece came.</summary>
    public void WholeArguments(long? index, ReadOnlySpan<byte> itemId, ReadOnlySpan<byte> arguments, ICollection<ChatEvent> said) =>
        Complete(Known(index, itemId), arguments, said);

    /// <summary>An item that came whole, within a document.</summary>
    public void ReadWhole(long index, ReadOnlySpan<byte> item, ICollection<ChatEvent> said)
    {
        var read = Item.Read(item);
        if (JsonSlice.Is(read.Type, "message"u8))
            ReadParts(read.Content, said);
        else if (JsonSlice.Is(read.Type, "reasoning"u8))
            ReadThoughts(read, said);
        End(index, item, said);
    }

    /// <summary><c>response.output_text.annotation.added</c>.</summary>
    public void Annotation(ReadOnlySpan<byte> annotation, ICollection<ChatEvent> said)
    {
        if (JsonSlice.IsObject(annotation))
            citations.Tell(annotation, type: default, said);
    }

    private PendingToolCall BeginCall(long? index, Item item, ICollection<ChatEvent> said)
    {
        string? id = JsonSlice.Text(item.Id);
        var call = calls.Begin(JsonSlice.Text(item.CallId) ?? id, index);
        call.Name = JsonSlice.Text(item.Name) ?? "";
        if (id is not null)
            _byItem.Add((id, call));
        Complete(call, item.Arguments, said);
        return call;
    }

    private void Complete(PendingToolCall call, ReadOnlySpan<byte> arguments, ICollection<ChatEvent> said)
    {
        if (call.Arguments.IsEmpty && !JsonSlice.Is(arguments, default))
            calls.Add(call, arguments, said);
    }

    private PendingToolCall Known(long? index, ReadOnlySpan<byte> itemId) =>
        Find(index, JsonSlice.Text(itemId)) ?? throw UpstreamFault.Malformed("The model's provider continued a call that it had not begun.");

    // Some servers give an item another id in each of its events, others the same id to two items: the place decides where both are known.
    private PendingToolCall? Find(long? index, string? itemId)
    {
        var byId = itemId is null ? null : _byItem.FindLast(known => known.ItemId == itemId && (index is null || known.Call.Index is null || known.Call.Index == index)).Call;
        return byId ?? (index is null ? null : calls.Last(call => call.Index == index));
    }

    private void ReadParts(ReadOnlySpan<byte> parts, ICollection<ChatEvent> said)
    {
        if (!JsonSlice.IsArray(parts))
            return;
        var items = new JsonItems(parts);
        while (items.MoveNext())
        {
            if (!JsonSlice.IsObject(items.Value))
                continue;
            ReadOnlySpan<byte> words = default, refusal = default, annotations = default;
            var fields = new JsonFields(items.Value);
            while (fields.MoveNext())
                _ = fields.Take("text"u8, ref words) || fields.Take("refusal"u8, ref refusal) || fields.Take("annotations"u8, ref annotations);
            text.Text(words, said);
            text.Refusal(refusal, said);
            if (!JsonSlice.IsArray(annotations))
                continue;
            var sources = new JsonItems(annotations);
            while (sources.MoveNext())
                Annotation(sources.Value, said);
        }
    }

    private void ReadThoughts(Item item, ICollection<ChatEvent> said)
    {
        ReadThoughts(item.Summary, said);
        ReadThoughts(item.Content, said);
    }

    private void ReadThoughts(ReadOnlySpan<byte> parts, ICollection<ChatEvent> said)
    {
        if (!JsonSlice.IsArray(parts))
            return;
        var items = new JsonItems(parts);
        while (items.MoveNext())
        {
            if (!JsonSlice.IsObject(items.Value))
                continue;
            ReadOnlySpan<byte> words = default;
            var fields = new JsonFields(items.Value);
            while (fields.MoveNext())
                fields.Take("text"u8, ref words);
            text.Reasoning(words, said);
        }
    }

    /// <summary>The fields of an item that concern us.</summary>
    private readonly ref struct Item(
        ReadOnlySpan<byte> type, ReadOnlySpan<byte> id, ReadOnlySpan<byte> callId, ReadOnlySpan<byte> name, ReadOnlySpan<byte> arguments, ReadOnlySpan<byte> content, ReadOnlySpan<byte> summary)
    {
        public readonly ReadOnlySpan<byte> Type = type;
        public readonly ReadOnlySpan<byte> Id = id;
        public readonly ReadOnlySpan<byte> CallId = callId;
        public readonly ReadOnlySpan<byte> Name = name;
        public readonly ReadOnlySpan<byte> Arguments = arguments;
        public readonly ReadOnlySpan<byte> Content = content;
        public readonly ReadOnlySpan<byte> Summary = summary;

        public bool IsCall => JsonSlice.Is(Type, "function_call"u8) || JsonSlice.Is(Type, "custom_tool_call"u8);

        public static Item Read(ReadOnlySpan<byte> json)
        {
            ReadOnlySpan<byte> type = default, id = default, callId = default, name = default, arguments = default, content = default, summary = default;
            var fields = new JsonFields(json);
            while (fields.MoveNext())
            {
                _ = fields.Take("type"u8, ref type)
                    || fields.Take("id"u8, ref id)
                    || fields.Take("call_id"u8, ref callId)
                    || fields.Take("name"u8, ref name)
                    || fields.Take("arguments"u8, ref arguments)
                    || fields.Take("input"u8, ref arguments)
                    || fields.Take("content"u8, ref content)
                    || fields.Take("summary"u8, ref summary);
            }

            return new Item(type, id, callId, name, arguments, content, summary);
        }
    }
}
