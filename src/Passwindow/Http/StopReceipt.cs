using System.IO.Pipelines;
using Passwindow.Journal;
using Passwindow.Protocol;

namespace Passwindow.Http;

/// <summary>What a stop answers. It is read from the journal, so it is true, and the same however often it is asked for.</summary>
internal sealed record StopReceipt(TurnId Turn, string FinishReason, long LastSeq, long? StoppedAfterMs)
{
    public static async Task<StopReceipt> ReadAsync(ITurnReader turn, CancellationToken cancellation)
    {
        if (!turn.HasEnded)
            throw UpstreamProblem.Of(turn.Opening, ErrorCode.JournalUnavailable, "The turn was stopped, but its end could not be saved.");

        const int Last = 3; // its end: usage, perhaps an error, done
        var last = new CommittedBatch(Last);
        await turn.ReadAsync(Math.Max(0, turn.Committed - Last), last, cancellation);
        string reason = "";
        long? duration = null;
        foreach (ref readonly var committed in last.Events)
        {
            if (committed.Type == EventType.Usage)
                duration = EventJson.GetInt64(committed.Json.Span, "duration_ms"u8);
            else if (committed.Type == EventType.Done)
                reason = EventJson.GetString(committed.Json.Span, "finish_reason"u8) ?? "";
        }

        return new StopReceipt(turn.Opening.Turn, reason, turn.Committed, duration);
    }

    public async Task WriteAsync(PipeWriter output, CancellationToken cancellation)
    {
        await using (var json = ResponseJson.To(output))
        {
            json.WriteStartObject();
            json.WriteString("turn_id"u8, Turn.Value);
            json.WriteString("finish_reason"u8, FinishReason);
            json.WriteNumber("last_seq"u8, LastSeq);
            if (StoppedAfterMs is { } after)
                json.WriteNumber("stopped_after_ms"u8, after);
            json.WriteEndObject();
        }

        await output.FlushAsync(cancellation);
    }
}
