using System.Buffers;
using System.Text;
using Passwindow.Protocol.ServerSentEvents;

namespace Passwindow.Protocol.Dialects.Anthropic;

/// <summary>
/// The dialect <c>anthropic</c>: the stream of Anthropic's Messages. Every frame has its <c>event:</c>: the SDKs skip those without.
/// </summary>
/// <remarks>
/// A turn that did not come to the model's own end has no <c>message_stop</c>: its last frame is an <c>error</c>, which makes the SDKs throw.
/// Calls of the server's own tools are left out: a client would try to run them. <c>message_start</c> leaves before the provider has counted
/// anything, so all counts stand in <c>message_delta</c>, whose numbers are totals.
/// </remarks>
/// <param name="context">What is known of the turn.</param>
public sealed class AnthropicFrameWriter(FrameContext context) : IFrameWriter
{
    private readonly AnthropicContent _content = new(context);
    private byte[] _usage = [];
    private bool _hasFailed;

    /// <inheritdoc/>
    public void Write(in CommittedEvent committed, IBufferWriter<byte> output)
    {
        var json = committed.Json.Span;
        SseFrame.ThrowIfLineBreak(json);
        switch (committed.Type)
        {
            case EventType.Start:
                Begin(output, json);
                break;
            case EventType.Token:
                _content.Text(output, EventJson.GetRequired(json, "token"u8));
                break;
            case EventType.Reasoning:
                _content.Thinking(output, json);
                break;
            case EventType.ToolArguments:
                _content.Arguments(output, json);
                break;
            case EventType.ToolCall:
                _content.Call(output, json);
                break;
            case EventType.Citation:
                _content.Cite(output, EventJson.GetRequired(json, "citation"u8));
                break;
            case EventType.Usage:
                _usage = AnthropicUsageJson.Of(json);
                break;
            case EventType.Error:
                _hasFailed = true;
                AnthropicErrorJson.WriteFrame(output, json);
                break;
            case EventType.Done:
                End(output, json);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    public void WriteHeartbeat(IBufferWriter<byte> output) => output.Write("event: ping\ndata: {\"type\":\"ping\"}\n\n"u8);

    /// <inheritdoc/>
    public void WriteNotice(in ViewerNotice notice, IBufferWriter<byte> output) => AnthropicErrorJson.WriteFrame(output, NoticeJson.Error(notice));

    private static void Begin(IBufferWriter<byte> output, ReadOnlySpan<byte> start)
    {
        output.Write("event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_"u8);
        output.Write(EventJson.GetRequired(start, "turn_id"u8)[1..^1]);
        output.Write("\",\"type\":\"message\",\"role\":\"assistant\",\"model\":"u8);
        output.Write(EventJson.GetRequired(start, "model"u8));
        output.Write(",\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,\"usage\":{\"input_tokens\":0,\"output_tokens\":0,"u8);
        output.Write("\"cache_creation_input_tokens\":null,\"cache_read_input_tokens\":null,\"cache_creation\":null,\"server_tool_use\":null,\"service_tier\":null}}}\n\n"u8);
    }

    private void End(IBufferWriter<byte> output, ReadOnlySpan<byte> done)
    {
        if (_hasFailed)
            return;
        string? reason = EventJson.GetString(done, "finish_reason"u8);
        if (AnthropicWords.StopReason(reason, EventJson.GetString(done, "upstream_reason"u8)) is not { } word)
        {
            AnthropicErrorJson.WriteEndFrame(output, reason);
            return;
        }

        _content.End(output);
        output.Write("event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\""u8);
        output.Write(Encoding.ASCII.GetBytes(word));
        output.Write("\",\"stop_sequence\":"u8);
        output.Write(EventJson.TryGetRaw(done, "stop_sequence"u8, out var sequence) ? sequence : "null"u8);
        output.Write("},\"usage\":"u8);
        output.Write(_usage.Length > 0 ? _usage : "{\"output_tokens\":0}"u8);
        output.Write("}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"u8);
    }
}
