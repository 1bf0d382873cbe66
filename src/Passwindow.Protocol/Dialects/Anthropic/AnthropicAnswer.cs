using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Passwindow.Protocol.Dialects.OpenAIChat;

namespace Passwindow.Protocol.Dialects.Anthropic;

/// <summary>
/// A turn as one <c>message</c>, for clients that do not stream: a writer that makes of the stream what any client makes of it, and keeps it
/// until the end.
/// </summary>
/// <param name="context">What is known of the turn.</param>
public sealed class AnthropicAnswer(FrameContext context) : IFrameWriter
{
    private readonly AnthropicFrameWriter _writer = new(context);
    private readonly ArrayBufferWriter<byte> _frames = new();
    private readonly List<(JsonObject Block, StringBuilder Text)> _blocks = [];
    private JsonObject _message = [];

    /// <summary>Why there is no answer; null if there is one.</summary>
    public OpenAIChatFailure? Failure { get; private set; }

    /// <inheritdoc/>
    public void Write(in CommittedEvent committed, IBufferWriter<byte> output)
    {
        _frames.ResetWrittenCount();
        _writer.Write(committed, _frames);
        if (committed.Type == EventType.Error)
            Failure = OpenAIChatFailure.Of(committed.Json.Span);
        foreach (string frame in Encoding.UTF8.GetString(_frames.WrittenSpan).Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
            Read(JsonNode.Parse(frame[(frame.IndexOf("\ndata: ", StringComparison.Ordinal) + 7)..])!.AsObject());
    }

    /// <summary>Nothing: a byte sent now would decide the status, which only the end knows.</summary>
    public void WriteHeartbeat(IBufferWriter<byte> output)
    {
    }

    /// <inheritdoc/>
    public void WriteNotice(in ViewerNotice notice, IBufferWriter<byte> output) => Failure = OpenAIChatFailure.Of(NoticeJson.Error(notice));

    /// <summary>Writes the document.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        foreach (var (block, text) in _blocks)
        {
            switch ((string?)block["type"])
            {
                case "text":
                    block["text"] = text.ToString();
                    break;
                case "thinking":
                    block["thinking"] = text.ToString();
                    break;
                case "tool_use":
                    block["input"] = Input(text.ToString());
                    break;
            }
        }

        _message["content"] = new JsonArray([.. _blocks.Select(static each => each.Block)]);
        using var json = new Utf8JsonWriter(output, EventWriter.Options);
        _message.WriteTo(json);
    }

    private void Read(JsonObject frame)
    {
        switch ((string?)frame["type"])
        {
            case "message_start":
                _message = frame["message"]!.DeepClone().AsObject();
                break;
            case "content_block_start":
                _blocks.Add((frame["content_block"]!.DeepClone().AsObject(), new StringBuilder()));
                break;
            case "content_block_delta":
                var (block, text) = _blocks[(int)frame["index"]!];
                var delta = frame["delta"]!.AsObject();
                if (delta["signature"] is { } signature)
                    block["signature"] = signature.DeepClone();
                else if (delta["citation"] is { } citation)
                    (block["citations"] ??= new JsonArray()).AsArray().Add(citation.DeepClone());
                else
                    text.Append((string?)(delta["text"] ?? delta["thinking"] ?? delta["partial_json"]));
                break;
            case "message_delta":
                Merge(_message, frame["delta"]!.AsObject());
                Merge(_message["usage"]!.AsObject(), frame["usage"]!.AsObject());
                break;
            case "error":
                string code = (string?)frame["error"]!["code"] ?? "";
                Failure ??= new OpenAIChatFailure(Code: null, code, (string?)frame["error"]!["message"] ?? "", IsRetryable: false);
                break;
        }
    }

    private static void Merge(JsonObject into, JsonObject from)
    {
        foreach (var (name, value) in from)
            into[name] = value?.DeepClone();
    }

    // Arguments that a limit cut are no JSON: what of them can be said in this form is nothing.
    private static JsonObject Input(string text)
    {
        try
        {
            return JsonNode.Parse(text.Length == 0 ? "{}" : text) as JsonObject ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
