using System.Buffers;
using System.Text;
using System.Text.Json;
using Passwindow.Protocol.Dialects;
using Passwindow.Protocol.Dialects.UIMessages;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Protocol.Tests.Dialects;

/// <summary>What the AI SDK is sent for a turn, and what its first strict clients would hold against it.</summary>
internal static class UIMessageStream
{
    public const string Start = """{"type":"start","seq":1,"conversation_id":"c_1","turn_id":"t_1","model":"m","created_at":"2026-01-01T00:00:00.000Z"}""";

    /// <summary>The keys of each chunk in <c>ai@5.0.0</c>, whose schema takes no others, and of the one that 6.0.0 added for approvals.</summary>
    private static readonly Dictionary<string, string[]> Keys = new()
    {
        ["start"] = ["messageId", "messageMetadata"],
        ["start-step"] = [],
        ["text-start"] = ["id", "providerMetadata"],
        ["text-delta"] = ["id", "delta", "providerMetadata"],
        ["text-end"] = ["id", "providerMetadata"],
        ["reasoning-start"] = ["id", "providerMetadata"],
        ["reasoning-delta"] = ["id", "delta", "providerMetadata"],
        ["reasoning-end"] = ["id", "providerMetadata"],
        ["tool-input-start"] = ["toolCallId", "toolName", "providerExecuted", "dynamic"],
        ["tool-input-delta"] = ["toolCallId", "inputTextDelta"],
        ["tool-input-available"] = ["toolCallId", "toolName", "input", "providerExecuted", "providerMetadata", "dynamic"],
        ["tool-approval-request"] = ["approvalId", "toolCallId"],
        ["tool-output-available"] = ["toolCallId", "output", "providerExecuted", "dynamic"],
        ["tool-output-error"] = ["toolCallId", "errorText", "providerExecuted", "dynamic"],
        ["source-url"] = ["sourceId", "url", "title", "providerMetadata"],
        ["finish-step"] = [],
        ["message-metadata"] = ["messageMetadata"],
        ["error"] = ["errorText"],
        ["abort"] = [],
        ["finish"] = ["messageMetadata"],
    };

    public static UIMessageFrameWriter Writer(UIMessageOptions? options = null, TurnId? root = null, params IEnumerable<string> clientTools) =>
        new(new FrameContext { IsClientTool = clientTools.Contains, Root = root }, options ?? UIMessageOptions.Default);

    public static string Write(IFrameWriter writer, params IEnumerable<string> events)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (string json in events)
            writer.Write(Commit.Of(Frames.Turn, Encoding.UTF8.GetBytes(json)), output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>The chunks of a stream, one a line, as they stand in it.</summary>
    public static string[] Chunks(string stream) => [.. EventStreamParser.Parse(Encoding.UTF8.GetBytes(stream)).Select(static frame => frame.Data)];

    /// <summary>The chunks of a turn between its <c>start</c> and its end.</summary>
    public static string[] Middle(UIMessageFrameWriter writer, params IEnumerable<string> events) => Chunks(Write(writer, [Start, .. events]))[1..];

    /// <summary>What a strict client would throw at; and whatever is open must be closed before the end.</summary>
    public static void Check(IReadOnlyList<string> chunks)
    {
        var open = new HashSet<string>();
        var calls = new HashSet<string>();
        var answered = new HashSet<string>();
        bool inStep = false;
        Assert.Equal("[DONE]", chunks[^1]);
        for (int i = 0; i < chunks.Count - 1; i++)
        {
            using var document = JsonDocument.Parse(chunks[i]);
            var chunk = document.RootElement;
            string type = chunk.GetProperty("type").GetString()!;
            string[] keys = type.StartsWith("data-", StringComparison.Ordinal) ? ["id", "data"] : Keys[type];
            Assert.All(chunk.EnumerateObject().Skip(1), member => Assert.Contains(member.Name, keys));
            string text(string name) => chunk.GetProperty(name).GetString()!;
            Assert.Equal(i == 0, type == "start");
            switch (type)
            {
                case "text-start" or "reasoning-start":
                    Assert.True(inStep && open.Count == 0 && open.Add(text("id")), chunks[i]);
                    break;
                case "text-delta" or "reasoning-delta":
                    Assert.Contains(text("id"), open);
                    break;
                case "text-end" or "reasoning-end":
                    Assert.True(open.Remove(text("id")), chunks[i]);
                    break;
                case "tool-input-start":
                    Assert.True(calls.Add(text("toolCallId")) || answered.Remove(text("toolCallId")), chunks[i]);
                    break;
                case "tool-input-available":
                    calls.Add(text("toolCallId"));
                    break;
                case "tool-input-delta" or "tool-approval-request" or "tool-output-available" or "tool-output-error":
                    Assert.Contains(text("toolCallId"), calls);
                    if (type.StartsWith("tool-output", StringComparison.Ordinal))
                        answered.Add(text("toolCallId"));
                    break;
                case "start-step":
                    Assert.False(inStep);
                    inStep = true;
                    break;
                case "finish-step":
                    Assert.True(inStep && open.Count == 0, chunks[i]);
                    inStep = false;
                    break;
                case "finish" or "abort" or "error":
                    Assert.True(!inStep && open.Count == 0 && i == chunks.Count - 2, chunks[i]);
                    break;
            }
        }
    }
}
