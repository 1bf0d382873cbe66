using System.Buffers;
using System.Text.Json;
using Passwindow.Protocol.Dialects;
using Passwindow.Protocol.Dialects.OpenAIResponses;
using Passwindow.Testing;

namespace Passwindow.Protocol.Tests.Dialects.OpenAIResponses;

/// <summary>A turn's events, and what the dialect makes of them.</summary>
internal static class ResponseEvents
{
    public const string Start = """{"type":"start","conversation_id":"c_1","turn_id":"t_1","model":"up/m","created_at":"2026-01-01T00:00:00.000Z"}""";
    public const string Counts = """{"type":"usage","input_tokens":3,"output_tokens":5,"reasoning_tokens":2,"cached_tokens":1,"duration_ms":2500}""";

    public static string Token(string text) => $$"""{"type":"token","token":{{JsonSerializer.Serialize(text)}}}""";

    public static string Done(string reason) => $$"""{"type":"done","finish_reason":"{{reason}}"}""";

    /// <summary>The bytes of a turn with these events.</summary>
    public static byte[] Bytes(FrameContext context, long startingAfter, params IEnumerable<string> events)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new OpenAIResponsesFrameWriter(context, startingAfter);
        foreach (var committed in Commits(events))
            writer.Write(committed, output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>The events of the API, each checked to be one frame whose <c>event:</c> says its type, numbered without holes.</summary>
    public static List<JsonElement> Of(FrameContext context, params IEnumerable<string> events)
    {
        var frames = EventStreamParser.Parse(Bytes(context, -1, events));
        var read = frames.Select(static frame => JsonElement.Parse(frame.Data)).ToList();
        Xunit.Assert.Equal(frames.Select(static frame => frame.Type), read.Select(Type));
        Xunit.Assert.Equal(Enumerable.Range(0, read.Count).Select(static number => (long)number), read.Select(static each => each.GetProperty("sequence_number").GetInt64()));
        return read;
    }

    /// <summary>The types without their prefix, repeated ones as one with a star.</summary>
    public static string Shape(this IEnumerable<JsonElement> events)
    {
        var shape = new List<string>();
        foreach (string type in events.Select(static each => Type(each)["response.".Length..]))
        {
            if (shape.Count > 0 && shape[^1].TrimEnd('*') == type)
                shape[^1] = type + "*";
            else
                shape.Add(type);
        }

        return string.Join(' ', shape);
    }

    public static string Type(JsonElement json) => json.GetProperty("type").GetString()!;

    public static JsonElement Response(this IEnumerable<JsonElement> events) => events.Last().GetProperty("response");

    public static IEnumerable<CommittedEvent> Commits(IEnumerable<string> events) => events.Select(static (json, index) =>
        Commit.Of(Frames.Turn, System.Text.Encoding.UTF8.GetBytes(json.Insert(json.IndexOf(',', StringComparison.Ordinal), $",\"seq\":{index + 1}"))));
}
