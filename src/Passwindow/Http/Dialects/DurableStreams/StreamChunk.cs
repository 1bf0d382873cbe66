using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Passwindow.Journal;
using Passwindow.Protocol;

namespace Passwindow.Http.Dialects.DurableStreams;

/// <summary>What is committed of a turn from an offset on, as one JSON array of at most <see cref="MaxBytes"/> and one event.</summary>
internal sealed class StreamChunk
{
    public const string ContentType = "application/json";

    private const int MaxBytes = 1024 * 1024;

    private readonly ArrayBufferWriter<byte> _json = new();

    private StreamChunk(long after) => Last = after;

    /// <summary>The last event in it; the offset asked for, if it is empty.</summary>
    public long Last { get; private set; }

    /// <summary>Whether nothing was committed behind it when it was read.</summary>
    public bool IsUpToDate { get; private set; }

    /// <summary>Whether nothing will ever follow it.</summary>
    public bool IsClosed { get; private set; }

    public static async Task<StreamChunk> ReadAsync(ITurnReader turn, long after, CancellationToken left)
    {
        var chunk = new StreamChunk(after);
        var batch = new CommittedBatch();
        chunk._json.Write("["u8);
        while (chunk._json.WrittenCount < MaxBytes && await turn.ReadAsync(chunk.Last, batch, left) is var count and > 0)
        {
            for (int i = 0; i < count && chunk._json.WrittenCount < MaxBytes; i++)
                chunk.Add(batch[i]);
        }

        chunk._json.Write("]"u8);
        chunk.IsUpToDate = chunk.Last >= turn.Committed;
        chunk.IsClosed = chunk.IsUpToDate && turn.HasEnded;
        return chunk;
    }

    /// <summary>Answers with what is there, at once.</summary>
    public static async Task SendAsync(Exchange exchange, ITurnReader turn, long after, bool isNow)
    {
        var chunk = await ReadAsync(turn, after, exchange.Left);
        var response = exchange.Response;
        StreamHead.Write(response, turn, chunk.Last, chunk.IsClosed);
        if (chunk.IsUpToDate)
            StreamHead.WriteUpToDate(response);

        // What lies behind never changes; what is the end now will not be the end later.
        response.Headers.CacheControl = isNow ? "no-store" : chunk.IsClosed || !chunk.IsUpToDate ? "private, max-age=60" : "private, no-cache";
        if (!isNow)
        {
            string tag = string.Create(CultureInfo.InvariantCulture, $"\"{turn.Opening.Turn}:{after}:{chunk.Last}{(chunk.IsClosed ? ":closed" : "")}\"");
            response.Headers.ETag = tag;
            if (exchange.Request.Headers.IfNoneMatch.Any(known => known?.Split(',').Any(one => one.Trim() == tag) == true))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
        }

        await chunk.SendAsync(exchange);
    }

    /// <summary>Sends the array; the headers stand already.</summary>
    public async Task SendAsync(Exchange exchange)
    {
        exchange.Response.ContentType = ContentType;
        exchange.Response.ContentLength = _json.WrittenCount;
        await exchange.Response.BodyWriter.WriteAsync(_json.WrittenMemory, exchange.Left);
    }

    private void Add(in CommittedEvent committed)
    {
        if (_json.WrittenCount > 1)
            _json.Write(","u8);
        _json.Write(committed.Json.Span);
        Last = committed.Seq;
    }
}
