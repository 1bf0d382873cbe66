using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Passwindow.Protocol.Dialects.OpenAIResponses;

/// <summary>
/// Grows the items of a response and tells each step. One message or one thinking is open at a time, and any number of calls: providers write
/// parallel calls in turns.
/// </summary>
internal sealed class ResponseItems(ResponseObject response, ResponseFrames frames)
{
    private readonly Dictionary<string, CallItem> _calls = new(StringComparer.Ordinal);
    private readonly List<byte[]> _citations = []; // of sources that came before the text they belong to
    private MessageItem? _message;
    private ReasoningItem? _reasoning;
    private byte[] _part = []; // "content_index":N,

    public TurnId Turn { get; set; }

    /// <summary>A piece of the answer, a JSON string.</summary>
    public void Say(ReadOnlySpan<byte> text, bool isRefusal, IBufferWriter<byte> output)
    {
        if (text.Length == 2)
            return;
        CloseReasoning("completed", output);
        var part = Part(isRefusal, output);
        part.Text.Add(text);
        if (isRefusal)
            frames.WriteDelta(output, "response.refusal.delta"u8, _message!, _part, text, []);
        else
            frames.WriteDelta(output, "response.output_text.delta"u8, _message!, _part, text, ",\"logprobs\":[]"u8);
    }

    /// <summary>A piece of thinking; what the provider wants back with it ends it.</summary>
    public void Think(ReadOnlySpan<byte> json, IBufferWriter<byte> output)
    {
        CloseMessage("completed", output);
        var text = EventJson.GetRequired(json, "reasoning"u8);
        string? signature = EventJson.GetString(json, "signature"u8), redacted = EventJson.GetString(json, "redacted"u8);
        if (_reasoning is null)
        {
            if (text.Length == 2 && signature is null && redacted is null)
                return;
            _reasoning = Add("rs", static (id, index) => new ReasoningItem(id, index), output);
        }

        if (text.Length > 2)
        {
            if (_reasoning.Summary.IsEmpty)
                WriteOfSummary(output, "response.reasoning_summary_part.added"u8, WriteSummaryPart);
            _reasoning.Summary.Add(text);
            frames.WriteDelta(output, "response.reasoning_summary_text.delta"u8, _reasoning, "\"summary_index\":0,"u8, text, []);
        }

        if (signature is null && redacted is null)
            return;
        if (response.ShowsEncrypted)
            _reasoning.Encrypted = EncryptedReasoning.Pack(signature, redacted);
        CloseReasoning("completed", output);
    }

    /// <summary>A call that the client will answer is begun, if it is a new one.</summary>
    public void Call(ReadOnlySpan<byte> json, IBufferWriter<byte> output)
    {
        string id = EventJson.GetString(json, "id"u8) ?? "";
        if (_calls.ContainsKey(id))
            return;
        CloseMessage("completed", output);
        CloseReasoning("completed", output);
        string name = EventJson.GetString(json, "name"u8) ?? "";
        _calls.Add(id, Add("fc", (item, index) => new CallItem(item, index, id, name), output));
    }

    /// <summary>A piece of its arguments.</summary>
    public void Argue(ReadOnlySpan<byte> json, IBufferWriter<byte> output)
    {
        var call = _calls[EventJson.GetString(json, "id"u8) ?? ""];
        if (call.IsOpen)
            Argue(call, EventJson.GetRequired(json, "delta"u8), output);
    }

    /// <summary>It is whole.</summary>
    public void CompleteCall(ReadOnlySpan<byte> json, IBufferWriter<byte> output)
    {
        var call = _calls[EventJson.GetString(json, "id"u8) ?? ""];
        if (!call.IsOpen)
            return;
        if (call.Arguments.IsEmpty)
            Argue(call, JsonSerializer.SerializeToUtf8Bytes(Encoding.UTF8.GetString(EventJson.GetRequired(json, "arguments"u8)), ResponseStrings.Default.String), output);
        Close(call, output);
    }

    /// <summary>A source, a JSON object.</summary>
    public void Cite(ReadOnlySpan<byte> citation, IBufferWriter<byte> output)
    {
        byte[] annotation = UrlCitation.Of(citation);
        if (_message is { Content: [.., { IsRefusal: false } part] })
            Annotate(part, annotation, output);
        else
            _citations.Add(annotation);
    }

    /// <summary>The turn ends. A call that was cut is never told as done: a client would run it.</summary>
    public void End(bool isWhole, IBufferWriter<byte> output)
    {
        string status = isWhole ? "completed" : "incomplete";
        CloseReasoning(status, output);
        CloseMessage(status, output);
        foreach (var call in response.Output.OfType<CallItem>().Where(static call => call.IsOpen))
        {
            if (isWhole)
                Close(call, output);
            else
                call.Status = status;
        }
    }

    private MessageContent Part(bool isRefusal, IBufferWriter<byte> output)
    {
        _message ??= Add("msg", static (id, index) => new MessageItem(id, index), output);
        if (_message.Content is [.., var open] && open.IsRefusal == isRefusal)
            return open;
        ClosePart(output);
        var part = new MessageContent(isRefusal);
        _part = Encoding.ASCII.GetBytes($"\"content_index\":{_message.Content.Count},");
        _message.Content.Add(part);
        WritePart(output, "response.content_part.added"u8, part);
        if (!isRefusal)
        {
            foreach (byte[] citation in _citations)
                Annotate(part, citation, output);
            _citations.Clear();
        }

        return part;
    }

    private void Annotate(MessageContent part, byte[] annotation, IBufferWriter<byte> output)
    {
        int index = part.Annotations.Count;
        part.Annotations.Add(annotation);
        WriteOfPart(output, "response.output_text.annotation.added"u8, json =>
        {
            json.WriteNumber("annotation_index"u8, index);
            json.WritePropertyName("annotation"u8);
            json.WriteRawValue(annotation, skipInputValidation: true);
        });
    }

    private void Argue(CallItem call, ReadOnlySpan<byte> delta, IBufferWriter<byte> output)
    {
        if (delta.Length == 2)
            return;
        call.Arguments.Add(delta);
        frames.WriteDelta(output, "response.function_call_arguments.delta"u8, call, [], delta, []);
    }

    private void ClosePart(IBufferWriter<byte> output)
    {
        if (_message is not { Content: [.., var part] })
            return;
        WriteOfPart(output, part.IsRefusal ? "response.refusal.done"u8 : "response.output_text.done"u8, json =>
        {
            part.Text.WriteTo(json, part.IsRefusal ? "refusal"u8 : "text"u8);
            if (part.IsRefusal)
                return;
            json.WriteStartArray("logprobs"u8);
            json.WriteEndArray();
        });
        WritePart(output, "response.content_part.done"u8, part);
    }

    private void CloseMessage(string status, IBufferWriter<byte> output)
    {
        if (_message is null)
            return;
        ClosePart(output);
        Done(_message, status, output);
        _message = null;
    }

    private void CloseReasoning(string status, IBufferWriter<byte> output)
    {
        if (_reasoning is not { } thought)
            return;
        if (!thought.Summary.IsEmpty)
        {
            WriteOfSummary(output, "response.reasoning_summary_text.done"u8, json => thought.Summary.WriteTo(json, "text"u8));
            WriteOfSummary(output, "response.reasoning_summary_part.done"u8, WriteSummaryPart);
        }

        Done(thought, status, output);
        _reasoning = null;
    }

    private void Close(CallItem call, IBufferWriter<byte> output)
    {
        frames.Write(output, "response.function_call_arguments.done"u8, json =>
        {
            WritePlace(json, call);
            json.WriteString("name"u8, call.Name);
            call.Arguments.WriteTo(json, "arguments"u8);
        });
        Done(call, "completed", output);
    }

    private T Add<T>(string kind, Func<string, int, T> make, IBufferWriter<byte> output)
        where T : OutputItem
    {
        int index = response.Output.Count;
        var item = make(ResponseId.OfItem(kind, Turn, index), index);
        response.Output.Add(item);
        WriteItem(output, "response.output_item.added"u8, item);
        return item;
    }

    private void Done(OutputItem item, string status, IBufferWriter<byte> output)
    {
        item.Status = status;
        WriteItem(output, "response.output_item.done"u8, item);
    }

    private void WriteItem(IBufferWriter<byte> output, ReadOnlySpan<byte> type, OutputItem item) => frames.Write(output, type, json =>
    {
        json.WriteNumber("output_index"u8, item.Index);
        json.WritePropertyName("item"u8);
        item.WriteTo(json);
    });

    private void WritePart(IBufferWriter<byte> output, ReadOnlySpan<byte> type, MessageContent part) => WriteOfPart(output, type, json =>
    {
        json.WritePropertyName("part"u8);
        part.WriteTo(json);
    });

    private void WriteOfPart(IBufferWriter<byte> output, ReadOnlySpan<byte> type, Action<Utf8JsonWriter> members)
    {
        var message = _message!;
        frames.Write(output, type, json =>
        {
            WritePlace(json, message);
            json.WriteNumber("content_index"u8, message.Content.Count - 1);
            members(json);
        });
    }

    private void WriteSummaryPart(Utf8JsonWriter json)
    {
        json.WriteStartObject("part"u8);
        json.WriteString("type"u8, "summary_text"u8);
        _reasoning!.Summary.WriteTo(json, "text"u8);
        json.WriteEndObject();
    }

    private void WriteOfSummary(IBufferWriter<byte> output, ReadOnlySpan<byte> type, Action<Utf8JsonWriter> members)
    {
        var thought = _reasoning!;
        frames.Write(output, type, json =>
        {
            WritePlace(json, thought);
            json.WriteNumber("summary_index"u8, 0);
            members(json);
        });
    }

    private static void WritePlace(Utf8JsonWriter json, OutputItem item)
    {
        json.WriteString("item_id"u8, item.Id);
        json.WriteNumber("output_index"u8, item.Index);
    }
}
