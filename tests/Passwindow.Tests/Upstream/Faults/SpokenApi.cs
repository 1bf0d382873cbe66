using System.Text;
using System.Text.Json;
using Passwindow.Testing;

namespace Passwindow.Tests.Upstream.Faults;

/// <summary>One provider API as a faulty server speaks it: the frames of an answer, one by one.</summary>
internal abstract class SpokenApi
{
    public static SpokenApi[] All { get; } = [new ChatApi(), new ResponsesApi(), new AnthropicApi()];

    /// <summary>The provider in the server's configuration.</summary>
    public abstract string Provider { get; }

    /// <summary>The API's word in the configuration.</summary>
    public abstract string Type { get; }

    /// <summary>What comes before the first token.</summary>
    public abstract string Opening { get; }

    /// <summary>The finish reason and what else stands before the end marker.</summary>
    public abstract string Finish { get; }

    public abstract string EndMarker { get; }

    public abstract string Text(string json);

    /// <summary>A call begins.</summary>
    public abstract string Call(int index, string? id, string? name);

    /// <summary>A piece of its arguments.</summary>
    public abstract string Arguments(int index, string piece);

    /// <summary>The end of an answer that calls tools.</summary>
    public abstract string FinishWithCalls { get; }

    /// <summary>An error within the stream, told by its type.</summary>
    public abstract string Error(string type);

    /// <summary>The end with these counts instead of the usual ones.</summary>
    public abstract string EndWithUsage(string usage);

    /// <summary>A whole answer as one document.</summary>
    public abstract string Document(string text);

    /// <summary>A frame that says a field twice.</summary>
    public abstract string Twice { get; }

    public string Whole(string text = "Hello") => Opening + Text(Quote(text)) + Finish + EndMarker;

    public static string Quote(string text) => JsonSerializer.Serialize(text);

    public override string ToString() => Type;

    private sealed class ChatApi : SpokenApi
    {
        public override string Provider => "up";

        public override string Type => "OpenAI";

        public override string Opening => Encoding.UTF8.GetString(ChatChunks.Role);

        public override string Finish => Encoding.UTF8.GetString([.. ChatChunks.Finish("stop"), .. ChatChunks.Usage(3, 2)]);

        public override string EndMarker => "data: [DONE]\n\n";

        public override string FinishWithCalls => Encoding.UTF8.GetString(ChatChunks.Finish("tool_calls"));

        public override string Twice => "data: {\"choices\":[],\"choices\":[]}\n\n";

        public override string Text(string json) => $$$$$$"""data: {"choices":[{"index":0,"delta":{"content":{{{{{{json}}}}}}}}]}""" + "\n\n";

        public override string Call(int index, string? id, string? name) => Encoding.UTF8.GetString(ChatChunks.ToolCall(index, id, name));

        public override string Arguments(int index, string piece) => Encoding.UTF8.GetString(ChatChunks.ToolCall(index, arguments: piece));

        public override string Error(string type) => $$$$$$"""data: {"error":{"message":"{{{{{{FaultCell.Secret}}}}}}","type":"{{{{{{type}}}}}}","code":null}}""" + "\n\n";

        public override string EndWithUsage(string usage) => Encoding.UTF8.GetString(ChatChunks.Finish("stop")) + $$$$$$"""data: {"choices":[],"usage":{{{{{{usage.Replace("in", "prompt").Replace("out", "completion")}}}}}}}""" + "\n\n" + EndMarker;

        public override string Document(string text) => $$$$$$"""{"choices":[{"index":0,"message":{"role":"assistant","content":{{{{{{Quote(text)}}}}}}},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2}}""";
    }

    private sealed class ResponsesApi : SpokenApi
    {
        public override string Provider => "replies";

        public override string Type => "OpenAIResponses";

        public override string Opening =>
            Frame("""{"type":"response.created","response":{"id":"r","status":"in_progress","output":[]}}""")
            + Frame("""{"type":"response.output_item.added","output_index":0,"item":{"id":"m","type":"message","content":[]}}""");

        public override string Finish => Frame("""{"type":"response.output_item.done","output_index":0,"item":{"id":"m","type":"message","content":[]}}""");

        public override string EndMarker => End("""{"input_tokens":3,"output_tokens":2}""");

        public override string FinishWithCalls => "";

        public override string Twice => Frame("""{"type":"response.output_text.delta","delta":"a","delta":"b"}""");

        public override string Text(string json) => Frame($$$$$$"""{"type":"response.output_text.delta","item_id":"m","output_index":0,"content_index":0,"delta":{{{{{{json}}}}}}}""");

        public override string Call(int index, string? id, string? name) => Frame(
            $$$$$$"""{"type":"response.output_item.added","output_index":{{{{{{index + 1}}}}}},"item":{"id":"f{{{{{{index}}}}}}","type":"function_call","call_id":{{{{{{JsonSerializer.Serialize(id)}}}}}},"name":{{{{{{JsonSerializer.Serialize(name)}}}}}},"arguments":""}}""");

        public override string Arguments(int index, string piece) =>
            Frame($$$$$$"""{"type":"response.function_call_arguments.delta","item_id":"f{{{{{{index}}}}}}","output_index":{{{{{{index + 1}}}}}},"delta":{{{{{{Quote(piece)}}}}}}}""");

        public override string Error(string type) => Frame($$$$$$"""{"type":"error","error":{"type":"{{{{{{type}}}}}}","message":"{{{{{{FaultCell.Secret}}}}}}"}}""");

        public override string EndWithUsage(string usage) => Finish + End(usage.Replace("in", "input").Replace("out", "output"));

        public override string Document(string text) =>
            $$$$$$"""{"status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":{{{{{{Quote(text)}}}}}}}]}],"usage":{"input_tokens":3,"output_tokens":2}}""";

        private static string End(string usage) => Frame($$$$$$"""{"type":"response.completed","response":{"id":"r","status":"completed","output":[],"usage":{{{{{{usage}}}}}}}}""");

        private static string Frame(string json) => $"event: {JsonElement.Parse(json, new JsonDocumentOptions()).GetProperty("type")}\ndata: {json}\n\n";
    }

    private sealed class AnthropicApi : SpokenApi
    {
        public override string Provider => "claude";

        public override string Type => "Anthropic";

        public override string Opening =>
            Frame("""{"type":"message_start","message":{"role":"assistant","content":[],"usage":{"input_tokens":3,"output_tokens":1}}}""")
            + Frame("""{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""");

        public override string Finish => Frame("""{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}}""");

        public override string EndMarker => Frame("""{"type":"message_stop"}""");

        public override string FinishWithCalls => Frame("""{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":2}}""");

        public override string Twice => Frame("""{"type":"content_block_delta","index":0,"index":0,"delta":{"type":"text_delta","text":"a"}}""");

        public override string Text(string json) => Frame($$$$$$"""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":{{{{{{json}}}}}}}}""");

        public override string Call(int index, string? id, string? name) => Frame(
            $$$$$$"""{"type":"content_block_start","index":{{{{{{index + 1}}}}}},"content_block":{"type":"tool_use","id":{{{{{{JsonSerializer.Serialize(id)}}}}}},"name":{{{{{{JsonSerializer.Serialize(name)}}}}}},"input":{}}}""");

        public override string Arguments(int index, string piece) =>
            Frame($$$$$$"""{"type":"content_block_delta","index":{{{{{{index + 1}}}}}},"delta":{"type":"input_json_delta","partial_json":{{{{{{Quote(piece)}}}}}}}}""");

        public override string Error(string type) => Frame($$$$$$"""{"type":"error","error":{"type":"{{{{{{type}}}}}}","message":"{{{{{{FaultCell.Secret}}}}}}"}}""");

        public override string EndWithUsage(string usage) =>
            Frame($$$$$$"""{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{{{{{{usage.Replace("in", "input").Replace("out", "output")}}}}}}}""") + EndMarker;

        public override string Document(string text) =>
            $$$$$$"""{"type":"message","role":"assistant","content":[{"type":"text","text":{{{{{{Quote(text)}}}}}}}],"stop_reason":"end_turn","usage":{"input_tokens":3,"output_tokens":2}}""";

        private static string Frame(string json) => $"event: {JsonElement.Parse(json, new JsonDocumentOptions()).GetProperty("type")}\ndata: {json}\n\n";
    }
}
