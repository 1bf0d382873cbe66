using System.Text;

namespace Passwindow.Protocol.Tests.Events;

/// <summary>Every event in its shortest and its fullest form: what the writer is asked, what it wrote, what it should have written.</summary>
internal static class EventSamples
{
    private static readonly DateTimeOffset Time = new(2026, 3, 1, 14, 30, 5, 7, TimeSpan.FromHours(2));
    private static readonly Usage FullUsage = new() { InputTokens = 10, OutputTokens = 20, ReasoningTokens = 5, CachedTokens = 0 };

    public static IReadOnlyList<(string Method, string Written, string Expected)> All { get; } =
    [
        Of("Start", w => w.Start(1, new("c_1"), new("t_1"), "openai/gpt", Time), """{"type":"start","seq":1,"conversation_id":"c_1","turn_id":"t_1","model":"openai/gpt","created_at":"2026-03-01T12:30:05.007Z"}"""),
        Of("Token", w => w.Token(2, "Hi"u8), """{"type":"token","seq":2,"token":"Hi"}"""),
        Of("Token", w => w.Token(2, ""u8, refusal: true), """{"type":"token","seq":2,"token":"","refusal":true}"""),
        Of("Reasoning", w => w.Reasoning(3, "hm"u8), """{"type":"reasoning","seq":3,"reasoning":"hm"}"""),
        Of("Reasoning", w => w.Reasoning(3, ""u8, "sig", "xxx"), """{"type":"reasoning","seq":3,"reasoning":"","signature":"sig","redacted":"xxx"}"""),
        Of("ToolArguments", w => w.ToolArguments(4, "1", "f", "{\"a"u8), """{"type":"tool_arguments","seq":4,"id":"1","name":"f","delta":"{\"a"}"""),
        Of("ToolCall", w => w.ToolCall(5, "1", "f", """{"a":1}"""u8), """{"type":"tool_call","seq":5,"id":"1","name":"f","arguments":{"a":1}}"""),
        Of("ToolCall", w => w.ToolCall(5, "1", "f", "{}"u8, approvalRequired: true), """{"type":"tool_call","seq":5,"id":"1","name":"f","arguments":{},"approval":"required"}"""),
        Of("ToolResult", w => w.ToolResult(6, "1", "f", "null"u8, 0), """{"type":"tool_result","seq":6,"id":"1","name":"f","result":null,"duration_ms":0}"""),
        Of("ToolError", w => w.ToolError(6, "1", "f", "no such file", 12), """{"type":"tool_result","seq":6,"id":"1","name":"f","error":"no such file","duration_ms":12}"""),
        Of("Action", w => w.Action(7, "a1", """{"type":"theme"}"""u8), """{"type":"action","seq":7,"id":"a1","action":{"type":"theme"}}"""),
        Of("Citation", w => w.Citation(8, """{"url":"https://a","title":"A"}"""u8), """{"type":"citation","seq":8,"citation":{"url":"https://a","title":"A"}}"""),
        Of("Seam", w => w.Seam(9, "failover", "b/m"), """{"type":"seam","seq":9,"reason":"failover","model":"b/m"}"""),
        Of("Usage", w => w.Usage(10, new Usage(), firstTokenMs: null, 5), """{"type":"usage","seq":10,"duration_ms":5}"""),
        Of("Usage", w => w.Usage(10, FullUsage, 3, 5), """{"type":"usage","seq":10,"input_tokens":10,"output_tokens":20,"reasoning_tokens":5,"cached_tokens":0,"first_token_ms":3,"duration_ms":5}"""),
        Of("Usage", w => w.Usage(10, new Usage(), null, 5, "b/m", 7), """{"type":"usage","seq":10,"duration_ms":5,"model":"b/m","abandoned_tokens":7}"""),
        Of("Usage", w => w.Usage(10, new Usage(), null, 5, upstream: """{"prompt_tokens": 1}"""u8), """{"type":"usage","seq":10,"duration_ms":5,"upstream":{"prompt_tokens":1}}"""),
        Of("SuggestedQuestions", w => w.SuggestedQuestions(11, []), """{"type":"suggested_questions","seq":11,"suggested_questions":[]}"""),
        Of("SuggestedQuestions", w => w.SuggestedQuestions(11, ["a?", "b?"]), """{"type":"suggested_questions","seq":11,"suggested_questions":["a?","b?"]}"""),
        .. Enum.GetValues<ErrorCode>().Select(code => Of("Error", w => w.Error(12, code, "No.", retryable: true), $$"""{"type":"error","seq":12,"code":"{{Words.Of(code)}}","message":"No.","retryable":true}""")),
        .. Enum.GetValues<FinishReason>().Select(reason => Of("Done", w => w.Done(13, reason), $$"""{"type":"done","seq":13,"finish_reason":"{{Words.Of(reason)}}"}""")),
        Of("Done", w => w.Done(14, FinishReason.Stop, null, "stop_sequence", "\n\n"), """{"type":"done","seq":14,"finish_reason":"stop","upstream_reason":"stop_sequence","stop_sequence":"\n\n"}"""),
        Of("Done", w => w.Done(long.MaxValue, FinishReason.Stopped, 250), """{"type":"done","seq":9223372036854775807,"finish_reason":"stopped","stopped_after_ms":250}"""),
    ];

    private delegate ReadOnlySpan<byte> Write(EventWriter writer);

    private static (string Method, string Written, string Expected) Of(string method, Write write, string expected)
    {
        using var writer = new EventWriter();
        return (method, Encoding.UTF8.GetString(write(writer)), expected);
    }
}
