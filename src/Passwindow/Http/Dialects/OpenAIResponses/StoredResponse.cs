using System.Buffers;
using Microsoft.AspNetCore.Http;
using Passwindow.Journal;
using Passwindow.Protocol.Dialects.OpenAIResponses;
using Passwindow.Viewers;

namespace Passwindow.Http.Dialects.OpenAIResponses;

/// <summary>A response that is asked for again: a turn's events, read as far as they are committed.</summary>
internal static class StoredResponse
{
    /// <summary>The turn of the response that the path names.</summary>
    /// <exception cref="Problem">404: this caller has none of that id, or it was made not to be stored.</exception>
    public static async Task<ITurnReader> FindAsync(Exchange exchange)
    {
        string id = (string?)exchange.Request.RouteValues["response"] ?? "";
        return await TryFindAsync(exchange, id) ?? throw NotFound(id);
    }

    /// <summary>The turn of a response; null if this caller has none of that id, or it was made not to be stored.</summary>
    public static async Task<ITurnReader?> TryFindAsync(Exchange exchange, string id) =>
        ResponseId.TryParse(id, out var turn) && await exchange.TryFindTurnAsync(turn) is { } reader && ResponseEcho.Of(reader.Opening.Metadata).IsStored ? reader : null;

    public static Problem NotFound(string id) => new(StatusCodes.Status404NotFound, "not_found", $"Response with id '{id}' not found.");

    /// <summary>A writer that knows the response as it is now.</summary>
    public static async Task<OpenAIResponsesFrameWriter> ReadAsync(Exchange exchange, ITurnReader turn, bool showsEncrypted = false)
    {
        var writer = new OpenAIResponsesFrameWriter(FrameContexts.Of(turn.Opening), startingAfter: long.MaxValue, showsEncrypted);
        var nowhere = new DiscardedBytes();
        await foreach (var committed in turn.ReadAllAsync(exchange.Left))
            writer.Write(committed, nowhere);
        return writer;
    }

    /// <summary>Answers with the response as it is now.</summary>
    public static async Task SendAsync(Exchange exchange, ITurnReader turn)
    {
        EventResponse.NameTurn(exchange.Response, turn.Opening);
        await SendAsync(exchange, await ReadAsync(exchange, turn));
    }

    /// <summary>Answers with the response that a writer knows.</summary>
    public static async Task SendAsync(Exchange exchange, OpenAIResponsesFrameWriter writer)
    {
        var body = new ArrayBufferWriter<byte>();
        writer.WriteResponse(body);
        exchange.Response.ContentType = "application/json";
        exchange.Response.ContentLength = body.WrittenCount;
        exchange.Response.Headers.CacheControl = "no-store";
        await exchange.Response.BodyWriter.WriteAsync(body.WrittenMemory, exchange.Left);
    }
}
