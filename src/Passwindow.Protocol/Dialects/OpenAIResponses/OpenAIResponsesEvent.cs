using Passwindow.Protocol.Upstream.Reading;

namespace Passwindow.Protocol.Dialects.OpenAIResponses;

/// <summary>The fields of an event of the API that concern us, each as the JSON it stands in; empty where it is absent.</summary>
internal ref struct OpenAIResponsesEvent
{
    private ReadOnlySpan<byte> _type;
    private ReadOnlySpan<byte> _outputIndex;
    private ReadOnlySpan<byte> _partIndex;
    private ReadOnlySpan<byte> _itemId;
    private ReadOnlySpan<byte> _delta;
    private ReadOnlySpan<byte> _whole;
    private ReadOnlySpan<byte> _item;
    private ReadOnlySpan<byte> _annotation;
    private ReadOnlySpan<byte> _response;
    private ReadOnlySpan<byte> _error;

    public readonly ReadOnlySpan<byte> Type => _type;

    public readonly ReadOnlySpan<byte> OutputIndex => _outputIndex;

    public readonly ReadOnlySpan<byte> ItemId => _itemId;

    public readonly ReadOnlySpan<byte> Delta => _delta;

    /// <summary>The text, refusal, arguments or input of a <c>.done</c>.</summary>
    public readonly ReadOnlySpan<byte> Whole => _whole;

    public readonly ReadOnlySpan<byte> Item => _item;

    public readonly ReadOnlySpan<byte> Annotation => _annotation;

    public readonly ReadOnlySpan<byte> Response => _response;

    public readonly ReadOnlySpan<byte> Error => _error;

    /// <summary>Which part of the answer the event is about.</summary>
    public readonly (long Item, long Part) Part => (JsonSlice.Number(_outputIndex) ?? -1, JsonSlice.Number(_partIndex) ?? -1);

    /// <exception cref="System.Text.Json.JsonException">It is no JSON object, or has a field twice.</exception>
    public static OpenAIResponsesEvent Read(ReadOnlySpan<byte> data)
    {
        var it = default(OpenAIResponsesEvent);
        var fields = new JsonFields(data);
        while (fields.MoveNext())
        {
            _ = fields.Take("type"u8, ref it._type)
                || fields.Take("delta"u8, ref it._delta)
                || fields.Take("item_id"u8, ref it._itemId)
                || fields.Take("output_index"u8, ref it._outputIndex)
                || fields.Take("content_index"u8, ref it._partIndex)
                || fields.Take("summary_index"u8, ref it._partIndex)
                || fields.Take("item"u8, ref it._item)
                || fields.Take("text"u8, ref it._whole)
                || fields.Take("refusal"u8, ref it._whole)
                || fields.Take("arguments"u8, ref it._whole)
                || fields.Take("input"u8, ref it._whole)
                || fields.Take("annotation"u8, ref it._annotation)
                || fields.Take("response"u8, ref it._response)
                || fields.Take("error"u8, ref it._error);
        }

        return it;
    }
}
