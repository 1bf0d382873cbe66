using Passwindow.Protocol.Dialects.OpenAIChat;
using Passwindow.Protocol.Upstream;
using Passwindow.Protocol.Upstream.Reading;

namespace Passwindow.Protocol.Dialects.OpenAIResponses;

/// <summary>Reads the answer of OpenAI Responses, or of a server that is compatible with it.</summary>
/// <remarks>
/// <c>response.completed</c> and <c>response.incomplete</c> are the end markers; without one an answer broke off, whatever came before, a
/// <c>[DONE]</c> too. An event is told by the <c>type</c> in its data, because compatible servers leave the <c>event:</c> line out.
/// Memory of the chat events is valid until the next call.
/// </remarks>
public sealed class OpenAIResponsesUpstreamReader : UpstreamReader
{
    /// <summary>The most parts (of text, of thinking) that one answer may have.</summary>
    private const int MaxParts = 4096;

    private readonly ToolCallAssembler _calls = new();
    private readonly UsageTotals _usage = new();
    private readonly OwnUsage _ownUsage = new();
    private readonly HashSet<(long Item, long Part)> _spoken = [];
    private readonly AnswerText _text;
    private readonly OpenAIResponsesItems _items;

    /// <summary>Makes the reader of one answer.</summary>
    public OpenAIResponsesUpstreamReader()
    {
        _text = new AnswerText(Buffer);
        _items = new OpenAIResponsesItems(_text, _calls, new CitationWriter(Buffer));
    }

    private protected override void ReadEnd(ICollection<ChatEvent> said)
    {
        _text.End(said);
        throw UpstreamFault.Truncated();
    }

    private protected override void ReadWhole(ReadOnlySpan<byte> json, ICollection<ChatEvent> said)
    {
        ReadOnlySpan<byte> output = default, error = default;
        var fields = new JsonFields(json);
        while (fields.MoveNext())
            _ = fields.Take("output"u8, ref output) || fields.Take("error"u8, ref error);
        if (JsonSlice.IsTruthy(error))
            throw UpstreamFault.Reported(error);
        if (!JsonSlice.IsArray(output))
            throw UpstreamFault.Malformed("The model's provider answered with something else than an answer.");
        Complete(json, said);
    }

    private protected override void ReadEvent(ReadOnlySpan<byte> data, bool isError, ICollection<ChatEvent> said)
    {
        if (data.SequenceEqual("[DONE]"u8))
            return; // some servers send it; it ends nothing here
        if (isError && data[0] != '{')
            throw UpstreamFault.Reported(data);
        var it = OpenAIResponsesEvent.Read(data);
        if (isError || JsonSlice.Is(it.Type, "error"u8) || JsonSlice.IsTruthy(it.Error))
            throw UpstreamFault.Reported(it.Error.IsEmpty ? data : it.Error);
        if (!JsonSlice.IsString(it.Type))
            return;
        long? place = JsonSlice.Number(it.OutputIndex);
        switch (it.Type[1..^1])
        {
            case var type when type.SequenceEqual("response.output_text.delta"u8):
                Speaks(it);
                _text.Text(it.Delta, said);
                break;
            case var type when type.SequenceEqual("response.refusal.delta"u8):
                Speaks(it);
                _text.Refusal(it.Delta, said);
                break;
            case var type when type.SequenceEqual("response.reasoning_text.delta"u8) || type.SequenceEqual("response.reasoning_summary_text.delta"u8):
                Speaks(it);
                _text.Reasoning(it.Delta, said);
                break;
            case var type when type.SequenceEqual("response.output_text.done"u8):
                if (!HasSpoken(it))
                    _text.Text(it.Whole, said);
                break;
            case var type when type.SequenceEqual("response.refusal.done"u8):
                if (!HasSpoken(it))
                    _text.Refusal(it.Whole, said);
                break;
            case var type when type.SequenceEqual("response.reasoning_text.done"u8) || type.SequenceEqual("response.reasoning_summary_text.done"u8):
                if (!HasSpoken(it))
                    _text.Reasoning(it.Whole, said);
                break;
            case var type when type.SequenceEqual("response.function_call_arguments.delta"u8) || type.SequenceEqual("response.custom_tool_call_input.delta"u8):
                _items.Arguments(place, it.ItemId, it.Delta, said);
                break;
            case var type when type.SequenceEqual("response.function_call_arguments.done"u8) || type.SequenceEqual("response.custom_tool_call_input.done"u8):
                _items.WholeArguments(place, it.ItemId, it.Whole, said);
                break;
            case var type when type.SequenceEqual("response.output_item.added"u8):
                _items.Begin(place, ObjectOf(it.Item), said);
                break;
            case var type when type.SequenceEqual("response.output_item.done"u8):
                _items.End(place, ObjectOf(it.Item), said);
                break;
            case var type when type.SequenceEqual("response.output_text.annotation.added"u8):
                _items.Annotation(it.Annotation, said);
                break;
            case var type when type.SequenceEqual("response.completed"u8) || type.SequenceEqual("response.incomplete"u8) || type.SequenceEqual("response.failed"u8):
                Complete(ObjectOf(it.Response), said);
                break;
            case var type when type.SequenceEqual("response.cancelled"u8):
                throw UpstreamFault.Truncated(); // no event of the API; some servers say so
            case var type when type.SequenceEqual("keepalive"u8):
                said.Add(Heartbeat.Instance);
                break;
        }
    }

    private void Speaks(in OpenAIResponsesEvent it)
    {
        if (_spoken.Add(it.Part) && _spoken.Count > MaxParts)
            throw UpstreamFault.Malformed($"The model's answer has more than {MaxParts} parts.");
    }

    /// <summary>Whether the part came in pieces; else the server says it only whole.</summary>
    private bool HasSpoken(in OpenAIResponsesEvent it) => _spoken.Contains(it.Part);

    private void Complete(ReadOnlySpan<byte> response, ICollection<ChatEvent> said)
    {
        ReadOnlySpan<byte> status = default, details = default, usage = default, output = default, error = default;
        var fields = new JsonFields(response);
        while (fields.MoveNext())
        {
            _ = fields.Take("status"u8, ref status)
                || fields.Take("incomplete_details"u8, ref details)
                || fields.Take("usage"u8, ref usage)
                || fields.Take("output"u8, ref output)
                || fields.Take("error"u8, ref error);
        }

        if (JsonSlice.IsTruthy(error) || JsonSlice.Is(status, "failed"u8))
            throw UpstreamFault.Reported(error.IsEmpty ? response : error);
        if (JsonSlice.Is(status, "cancelled"u8) || JsonSlice.Is(status, "in_progress"u8) || JsonSlice.Is(status, "queued"u8))
            throw UpstreamFault.Truncated();
        if (!_text.HasSpoken && _calls.Current is null && JsonSlice.IsArray(output))
            ReadOutput(output, said);
        _text.End(said);
        if (JsonSlice.IsObject(usage))
        {
            _usage.Report(OpenAIChatUsage.Read(usage), said);
            _ownUsage.Keep(usage, isWhole: true);
        }

        var reason = JsonSlice.Is(status, "incomplete"u8) ? Cut(details) : FinishReason.Stop;
        bool hasCalls = _calls.End(wasCut: reason != FinishReason.Stop, said);
        said.Add(new AnswerEnded(reason == FinishReason.Stop && hasCalls ? FinishReason.ToolCalls : reason) { UpstreamUsage = _ownUsage.ToJson() });
        IsComplete = true;
    }

    private void ReadOutput(ReadOnlySpan<byte> output, ICollection<ChatEvent> said)
    {
        var items = new JsonItems(output);
        for (long index = 0; items.MoveNext(); index++)
            _items.ReadWhole(index, ObjectOf(items.Value), said);
    }

    // `max_output_tokens`, `max_messages`, `steered`, and whatever may come: the answer is not whole, so it is never `stop`.
    private static FinishReason Cut(ReadOnlySpan<byte> details)
    {
        ReadOnlySpan<byte> reason = default;
        if (JsonSlice.IsObject(details))
        {
            var fields = new JsonFields(details);
            while (fields.MoveNext())
                fields.Take("reason"u8, ref reason);
        }

        return JsonSlice.Is(reason, "content_filter"u8) ? FinishReason.ContentFilter : FinishReason.Length;
    }

    private static ReadOnlySpan<byte> ObjectOf(ReadOnlySpan<byte> value) =>
        JsonSlice.IsObject(value) ? value : throw UpstreamFault.Malformed("The model's provider left a part of an event out.");
}
