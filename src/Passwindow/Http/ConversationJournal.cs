using System.Buffers;
using System.IO.Pipelines;
using Passwindow.Journal;
using Passwindow.Protocol;

namespace Passwindow.Http;

/// <summary>
/// The ground truth of a conversation: each turn's opening and its events, one JSON object a line, as far as they are committed when they
/// are read. It is sent as it is read, a batch at a time, at the pace of whoever takes it.
/// </summary>
internal static class ConversationJournal
{
    public static async Task GetAsync(Exchange exchange)
    {
        var key = new ConversationKey(exchange.Caller.Tenant, exchange.RouteConversation());
        var turns = await exchange.Engine.Journal.ReadConversationAsync(key, exchange.Left);
        if (turns.Count == 0)
            throw Problem.NotFound();
        var response = exchange.Response;
        response.ContentType = "application/jsonl";
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentDisposition = $"attachment; filename=\"{key.Conversation.Value}.jsonl\""; // an id needs no escaping
        var batch = new CommittedBatch();
        foreach (var turn in turns)
            await WriteAsync(turn, batch, response.BodyWriter, exchange.Left);
    }

    private static async Task WriteAsync(ITurnReader turn, CommittedBatch batch, PipeWriter output, CancellationToken left)
    {
        Write(output, turn.Opening.Turn, "open"u8, turn.Opening.ToJson());
        long after = 0;
        while (await turn.ReadAsync(after, batch, left) > 0)
        {
            foreach (ref readonly var committed in batch.Events)
                Write(output, turn.Opening.Turn, "event"u8, committed.Json.Span);
            after = batch.LastSeq;
            await output.FlushAsync(left);
        }
    }

    private static void Write(PipeWriter output, TurnId turn, ReadOnlySpan<byte> kind, ReadOnlySpan<byte> json)
    {
        output.Write("{\"turn\":\""u8);
        output.Write(System.Text.Encoding.ASCII.GetBytes(turn.Value));
        output.Write("\",\""u8);
        output.Write(kind);
        output.Write("\":"u8);
        output.Write(json);
        output.Write("}\n"u8);
    }
}
