using System.Text.Json;
using Passwindow.Protocol.Upstream;
using Passwindow.Protocol.Upstream.Reading;

namespace Passwindow.Protocol.Dialects.OpenAIChat;

/// <summary>
/// Reads the answer of OpenAI Chat Completions, or of a server that is compatible with it, with the liberties that such servers take.
/// </summary>
/// <remarks>
/// The end marker is <c>[DONE]</c>, and it ends an answer only behind a <c>finish_reason</c>; a connection that closes behind a
/// <c>finish_reason</c> ends it too, because several servers send no <c>[DONE]</c>. Calls and the end of the answer are told at that end,
/// not at the <c>finish_reason</c>: usage and errors come behind it, and some servers repeat it in every chunk.
/// Only choice 0 is read. Memory of the chat events is valid until the next call.
/// </remarks>
public sealed class OpenAIChatUpstreamReader : UpstreamReader
{
    private readonly ToolCallAssembler _calls = new();
    private readonly UsageTotals _usage = new();
    private readonly OwnUsage _ownUsage = new();
    private readonly AnswerText _text;
    private readonly OpenAIChatSources _sources;
    private readonly OpenAIChatMessage _message;
    private FinishReason? _finish;
    private string? _word;
    private bool _wasOnlyText;

    /// <summary>Makes the reader of one answer.</summary>
    public OpenAIChatUpstreamReader()
    {
        _text = new AnswerText(Buffer);
        _sources = new OpenAIChatSources(Buffer);
        _message = new OpenAIChatMessage(_text, _calls, _sources);
    }

    private protected override bool WasOnlyText => _wasOnlyText;

    private protected override void ReadEvent(ReadOnlySpan<byte> data, bool isError, ICollection<ChatEvent> said)
    {
        _wasOnlyText = false;
        if (data.SequenceEqual("[DONE]"u8))
            Complete(said);
        else if (isError)
            throw UpstreamFault.Reported(ErrorOf(data));
        else
            ReadChunk(data, said);
    }

    private protected override void ReadEnd(ICollection<ChatEvent> said) => Complete(said);

    private protected override void ReadWhole(ReadOnlySpan<byte> json, ICollection<ChatEvent> said)
    {
        if (!ReadChunk(json, said))
            throw UpstreamFault.Malformed("The model's provider answered with something else than an answer.");
        _finish ??= FinishReason.Stop; // a document that closed is whole, whatever it leaves out
        Complete(said);
    }

    /// <returns>Whether it was a chunk: anything else is a keep-alive, or something that this version does not know.</returns>
    private bool ReadChunk(ReadOnlySpan<byte> json, ICollection<ChatEvent> said)
    {
        ReadOnlySpan<byte> choices = default, usage = default, groq = default, error = default, citations = default, results = default;
        ReadOnlySpan<byte> kind = default, type = default;
        var fields = new JsonFields(json);
        while (fields.MoveNext())
        {
            _ = fields.Take("choices"u8, ref choices)
                || fields.Take("usage"u8, ref usage)
                || fields.Take("error"u8, ref error)
                || fields.Take("x_groq"u8, ref groq)
                || fields.Take("citations"u8, ref citations)
                || fields.Take("search_results"u8, ref results)
                || fields.Take("object"u8, ref kind)
                || fields.Take("type"u8, ref type);
        }

        // "any event with a truthy top-level error" is one, whatever else it says
        if (JsonSlice.IsTruthy(error))
            throw UpstreamFault.Reported(error);
        if (JsonSlice.Is(kind, "error"u8) || JsonSlice.Is(type, "error"u8))
            throw UpstreamFault.Reported(json);
        ReadUsage(usage, said);
        if (JsonSlice.IsObject(groq))
        {
            ReadOnlySpan<byte> groqUsage = default;
            var inner = new JsonFields(groq);
            while (inner.MoveNext())
                inner.Take("usage"u8, ref groqUsage);
            ReadUsage(groqUsage, said);
        }

        if (JsonSlice.IsArray(choices))
            ReadChoices(choices, said);
        _sources.ReadSearchResults(results, said);
        _sources.ReadCitations(citations, said);
        _wasOnlyText &= usage.IsEmpty && groq.IsEmpty && results.IsEmpty && citations.IsEmpty;
        return JsonSlice.IsArray(choices);
    }

    private void ReadUsage(ReadOnlySpan<byte> usage, ICollection<ChatEvent> said)
    {
        if (!JsonSlice.IsObject(usage))
            return;
        _usage.Report(OpenAIChatUsage.Read(usage), said);
        _ownUsage.Keep(usage, isWhole: true);
    }

    private void ReadChoices(ReadOnlySpan<byte> choices, ICollection<ChatEvent> said)
    {
        var items = new JsonItems(choices);
        for (bool isFirst = true; items.MoveNext(); isFirst = false)
        {
            _wasOnlyText = isFirst;
            if (JsonSlice.IsObject(items.Value))
                ReadChoice(items.Value, isFirst, said);
        }
    }

    private void ReadChoice(ReadOnlySpan<byte> choice, bool isFirst, ICollection<ChatEvent> said)
    {
        ReadOnlySpan<byte> index = default, delta = default, message = default, finish = default, usage = default, error = default;
        var fields = new JsonFields(choice);
        while (fields.MoveNext())
        {
            _ = fields.Take("delta"u8, ref delta)
                || fields.Take("finish_reason"u8, ref finish)
                || fields.Take("index"u8, ref index)
                || fields.Take("message"u8, ref message)
                || fields.Take("usage"u8, ref usage)
                || fields.Take("error"u8, ref error);
        }

        if (index.IsEmpty ? !isFirst : JsonSlice.Number(index) != 0)
            return;
        if (JsonSlice.IsTruthy(error))
            throw UpstreamFault.Reported(error);
        if (JsonSlice.Is(finish, "error"u8))
            throw UpstreamFault.Reported(choice);
        ReadUsage(usage, said); // Moonshot
        _wasOnlyText &= usage.IsEmpty && finish.IsEmpty && message.IsEmpty;
        if (JsonSlice.IsObject(delta))
        {
            _message.Read(delta, said);
            _wasOnlyText &= _message.WasOnlyText;
        }
        else if (JsonSlice.IsObject(message) && !_text.HasSpoken) // a whole answer within a stream; beside deltas it only repeats them
            _message.Read(message, said);
        if (!JsonSlice.IsString(finish) || finish.Length == 2)
            return;
        _finish = Finish(finish);
        _word = JsonSlice.Word(finish);
    }

    private static FinishReason Finish(ReadOnlySpan<byte> word) => word[1..^1] switch
    {
        var it when it.SequenceEqual("length"u8) => FinishReason.Length,
        var it when it.SequenceEqual("content_filter"u8) => FinishReason.ContentFilter,
        _ => FinishReason.Stop, // that tools were called shows in the calls: servers say `stop` with them, and `tool_calls` without
    };

    private static ReadOnlySpan<byte> ErrorOf(ReadOnlySpan<byte> data)
    {
        ReadOnlySpan<byte> error = default;
        try
        {
            var fields = new JsonFields(data);
            while (fields.MoveNext())
                fields.Take("error"u8, ref error);
        }
        catch (JsonException)
        {
            // An error in plain text is an error as well.
            return data.IsEmpty || data[0] != '{' ? data : [];
        }

        return error.IsEmpty ? data : error;
    }

    private void Complete(ICollection<ChatEvent> said)
    {
        _text.End(said);
        if (_finish is not { } reason)
            throw UpstreamFault.Truncated();
        bool hasCalls = _calls.End(wasCut: reason != FinishReason.Stop, said);
        _sources.End(said);
        said.Add(new AnswerEnded(reason == FinishReason.Stop && hasCalls ? FinishReason.ToolCalls : reason) { UpstreamReason = _word, UpstreamUsage = _ownUsage.ToJson() });
        IsComplete = true;
    }
}
