using System.Buffers;

namespace Passwindow.Protocol.Dialects.UIMessages;

/// <summary>
/// The calls of the turn as parts of the message. A tool of the client is a part named after it, which its page runs; one of the server is a dynamic part
/// that is run elsewhere (<c>providerExecuted</c>), but for as long as it waits for a person: the first clients of version 6 answer for no other.
/// </summary>
internal sealed class UIMessageCalls(Func<string, bool> isClients, UIMessageOptions options)
{
    // As many as a turn has: a walk over a few is cheaper than to make a text of each id.
    private readonly List<Call> _calls = [];

    /// <summary>Tells a piece of a call's arguments.</summary>
    public void Arguments(IBufferWriter<byte> output, ReadOnlySpan<byte> json)
    {
        var id = EventJson.GetRequired(json, "id"u8);
        if (FindOpen(id) is null)
        {
            Begin(output, "tool-input-start"u8, Add(json, id), isPending: false);
            UIMessageChunk.End(output);
        }

        UIMessageChunk.Begin(output, "tool-input-delta"u8);
        UIMessageChunk.Member(output, "toolCallId"u8, id);
        UIMessageChunk.MemberOf(output, "inputTextDelta"u8, json, "delta"u8);
        UIMessageChunk.End(output);
    }

    /// <summary>Tells a call, and that it waits for a person if it does.</summary>
    public void Called(IBufferWriter<byte> output, ReadOnlySpan<byte> json)
    {
        var id = EventJson.GetRequired(json, "id"u8);
        var call = FindOpen(id) ?? Add(json, id);
        bool isPending = options.HasApprovals && EventJson.TryGetRaw(json, "approval"u8, out _);
        Input(output, call, EventJson.GetRequired(json, "arguments"u8), isPending);
        if (!isPending)
            return;
        UIMessageChunk.Begin(output, "tool-approval-request"u8);
        UIMessageChunk.Member(output, "approvalId"u8, id);
        UIMessageChunk.Member(output, "toolCallId"u8, id);
        UIMessageChunk.End(output);
    }

    /// <summary>Whether this response has told the call.</summary>
    public bool Knows(ReadOnlySpan<byte> json) => Find(EventJson.GetRequired(json, "id"u8)) is not null;

    /// <summary>Tells what a call gave. One whose arguments were none has not been told yet.</summary>
    public void Answered(IBufferWriter<byte> output, ReadOnlySpan<byte> json)
    {
        var id = EventJson.GetRequired(json, "id"u8);
        var call = Find(id);
        if (call is null)
        {
            call = Add(json, id);
            Input(output, call, "{}"u8, isPending: false);
        }

        if (EventJson.TryGetRaw(json, "error"u8, out var error))
            Output(output, "tool-output-error"u8, call, "errorText"u8, error);
        else
            Output(output, "tool-output-available"u8, call, "output"u8, EventJson.GetRequired(json, "result"u8));
    }

    /// <summary>Ends the part of a call that turned out to be an action, if its arguments were told.</summary>
    public void Acted(IBufferWriter<byte> output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> action)
    {
        if (Find(id) is not { } call)
            return;
        Input(output, call, action, isPending: false);
        Output(output, "tool-output-available"u8, call, "output"u8, "\"done\""u8);
    }

    private Call? Find(ReadOnlySpan<byte> id)
    {
        for (int i = _calls.Count - 1; i >= 0; i--)
        {
            if (id.SequenceEqual(_calls[i].Id))
                return _calls[i];
        }

        return null;
    }

    // Some servers count their calls anew in each answer: the id of a call that was answered may be another call's.
    private Call? FindOpen(ReadOnlySpan<byte> id) => Find(id) is { IsAnswered: false } call ? call : null;

    private Call Add(ReadOnlySpan<byte> json, ReadOnlySpan<byte> id)
    {
        string name = EventJson.GetString(json, "name"u8) ?? "";
        var call = new Call(id.ToArray(), EventJson.GetRequired(json, "name"u8).ToArray(), isClients(name));
        _calls.Add(call);
        return call;
    }

    private static void Input(IBufferWriter<byte> output, Call call, ReadOnlySpan<byte> input, bool isPending)
    {
        Begin(output, "tool-input-available"u8, call, isPending);
        UIMessageChunk.Member(output, "input"u8, input);
        UIMessageChunk.End(output);
    }

    private static void Begin(IBufferWriter<byte> output, ReadOnlySpan<byte> type, Call call, bool isPending)
    {
        UIMessageChunk.Begin(output, type);
        UIMessageChunk.Member(output, "toolCallId"u8, call.Id);
        UIMessageChunk.Member(output, "toolName"u8, call.Name);
        Mark(output, call, isPending);
    }

    private static void Output(IBufferWriter<byte> output, ReadOnlySpan<byte> type, Call call, ReadOnlySpan<byte> member, ReadOnlySpan<byte> value)
    {
        call.IsAnswered = true;
        UIMessageChunk.Begin(output, type);
        UIMessageChunk.Member(output, "toolCallId"u8, call.Id);
        Mark(output, call, isPending: false); // the first clients of version 5 look for the part by this
        UIMessageChunk.Member(output, member, value);
        UIMessageChunk.End(output);
    }

    private static void Mark(IBufferWriter<byte> output, Call call, bool isPending)
    {
        if (call.IsClients)
            return;
        UIMessageChunk.Member(output, "providerExecuted"u8, isPending ? "false"u8 : "true"u8);
        UIMessageChunk.Member(output, "dynamic"u8, "true"u8);
    }

    /// <summary>A call that has been told.</summary>
    /// <param name="Id">A JSON string.</param>
    /// <param name="Name">A JSON string.</param>
    /// <param name="IsClients">Whether the client runs it.</param>
    private sealed record Call(byte[] Id, byte[] Name, bool IsClients)
    {
        public bool IsAnswered { get; set; }
    }
}
