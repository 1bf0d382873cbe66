using System.Buffers;
using Passwindow.Protocol.Upstream.Reading;

namespace Passwindow.Protocol.Dialects.UIMessages;

/// <summary>
/// The end of the message. A client hears nothing after an <c>error</c>, so what is known of the turn goes before it, as the message's metadata: its
/// ids, the model, what it cost, how it ended.
/// </summary>
internal sealed class UIMessageEnd(UIMessageOptions options)
{
    private byte[]? _usage;
    private byte[]? _error;

    public void Keep(in CommittedEvent committed)
    {
        if (committed.Type == EventType.Usage)
            _usage = committed.Json.ToArray();
        else
            _error = committed.Json.ToArray();
    }

    /// <summary>Writes the end of the turn.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="start">The event that began it.</param>
    /// <param name="done">The event that ended it.</param>
    public void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> start, ReadOnlySpan<byte> done)
    {
        var word = EventJson.GetRequired(done, "finish_reason"u8);
        bool isKnown = Words.TryParse(EventJson.GetString(done, "finish_reason"u8), out FinishReason reason);
        if (_error is not null || (isKnown && reason is FinishReason.Error or FinishReason.Interrupted))
        {
            WriteMetadata(output, "message-metadata"u8, start, word);
            UIMessageChunk.End(output);
            WriteError(output, _error is null ? "\"The answer was interrupted.\""u8 : EventJson.GetRequired(_error, "message"u8));
        }
        else if (isKnown && reason is FinishReason.Stopped or FinishReason.Abandoned)
        {
            WriteMetadata(output, "message-metadata"u8, start, word);
            UIMessageChunk.End(output);
            UIMessageChunk.Whole(output, "abort"u8);
        }
        else
        {
            WriteFinish(output, start, word, isKnown ? WordOf(reason) : "\"other\""u8);
        }

        output.Write(UIMessageChunk.Done);
    }

    /// <summary>Writes the end of a response whose turn goes on when a person has answered.</summary>
    public void WritePause(IBufferWriter<byte> output, ReadOnlySpan<byte> start)
    {
        WriteFinish(output, start, "\"tool_calls\""u8, WordOf(FinishReason.ToolCalls));
        output.Write(UIMessageChunk.Done);
    }

    /// <param name="output">Where to.</param>
    /// <param name="message">A JSON string.</param>
    public static void WriteError(IBufferWriter<byte> output, ReadOnlySpan<byte> message)
    {
        UIMessageChunk.Begin(output, "error"u8);
        UIMessageChunk.Member(output, "errorText"u8, message);
        UIMessageChunk.End(output);
    }

    /// <summary>Writes what <c>start</c> says of the turn, as metadata; the object stays open.</summary>
    public static void WriteTurn(IBufferWriter<byte> output, ReadOnlySpan<byte> start, ReadOnlySpan<byte> model)
    {
        output.Write(",\"messageMetadata\":{\"conversation_id\":"u8);
        output.Write(EventJson.GetRequired(start, "conversation_id"u8));
        UIMessageChunk.MemberOf(output, "turn_id"u8, start, "turn_id"u8);
        UIMessageChunk.Member(output, "model"u8, model);
        UIMessageChunk.MemberOf(output, "created_at"u8, start, "created_at"u8);
    }

    private void WriteFinish(IBufferWriter<byte> output, ReadOnlySpan<byte> start, ReadOnlySpan<byte> word, ReadOnlySpan<byte> theirs)
    {
        WriteMetadata(output, "finish"u8, start, word);
        if (options.HasFinishReason)
            UIMessageChunk.Member(output, "finishReason"u8, theirs);
        UIMessageChunk.End(output);
    }

    private void WriteMetadata(IBufferWriter<byte> output, ReadOnlySpan<byte> type, ReadOnlySpan<byte> start, ReadOnlySpan<byte> word)
    {
        UIMessageChunk.Begin(output, type);
        bool isOther = EventJson.TryGetRaw(_usage ?? start, "model"u8, out var model);
        WriteTurn(output, start, isOther ? model : EventJson.GetRequired(start, "model"u8));
        UIMessageChunk.Member(output, "finish_reason"u8, word);
        if (_usage is not null)
        {
            output.Write(",\"usage\":"u8);
            WriteRest(output, _usage);
        }

        if (_error is not null)
        {
            output.Write(",\"error\":"u8);
            WriteRest(output, _error);
        }

        output.Write("}"u8);
    }

    /// <summary>Writes an event without what makes it an event: an object of its other fields.</summary>
    public static void WriteRest(IBufferWriter<byte> output, ReadOnlySpan<byte> json)
    {
        bool isFirst = true;
        output.Write("{"u8);
        var fields = new JsonFields(json);
        while (fields.MoveNext())
        {
            if (fields.Name.SequenceEqual("type"u8) || fields.Name.SequenceEqual("seq"u8))
                continue;
            output.Write(isFirst ? "\""u8 : ",\""u8);
            output.Write(fields.Name);
            output.Write("\":"u8);
            output.Write(fields.Value);
            isFirst = false;
        }

        output.Write("}"u8);
    }

    private static ReadOnlySpan<byte> WordOf(FinishReason reason) => reason switch
    {
        FinishReason.Stop => "\"stop\""u8,
        FinishReason.Length => "\"length\""u8,
        FinishReason.ContentFilter => "\"content-filter\""u8,
        FinishReason.ToolCalls => "\"tool-calls\""u8,
        _ => "\"other\""u8,
    };
}
