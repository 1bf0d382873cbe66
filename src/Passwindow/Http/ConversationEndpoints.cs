using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Passwindow.Conversations;
using Passwindow.Journal;
using Passwindow.Protocol;

namespace Passwindow.Http;

/// <summary>Finding a conversation again and reading it back (contract, section 4).</summary>
internal static class ConversationEndpoints
{
    private const int DefaultLimit = 20;
    private const int MaxLimit = 100;
    private const int LongestSearch = 200;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/conversations", Exchange.Of(ListAsync));
        routes.MapGet("/conversations/{conversation}", Exchange.Of(GetAsync));
        routes.MapPatch("/conversations/{conversation}", Exchange.Of(ConversationChanges.RenameAsync));
        routes.MapDelete("/conversations/{conversation}", Exchange.Of(ConversationChanges.DeleteAsync));
        routes.MapGet("/conversations/{conversation}/journal", Exchange.Of(ConversationJournal.GetAsync));
    }

    /// <summary>What the list says of a conversation, as JSON.</summary>
    public static void Write(Utf8JsonWriter json, ConversationEntry entry)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, entry.Key.Conversation.Value);
        json.WriteString("title"u8, entry.Title);
        json.WriteString("updated_at"u8, entry.UpdatedAt);
        if (entry.AbandonedTokens > 0)
            json.WriteNumber("abandoned_tokens"u8, entry.AbandonedTokens);
        if (entry.Running is { } turn)
            json.WriteString("turn_id"u8, turn.Value);
        json.WriteEndObject();
    }

    /// <summary>Sends a document that is made as a whole first, so that whatever fails on the way still has a status.</summary>
    public static async Task SendAsync(Exchange exchange, Func<Utf8JsonWriter, Task> write)
    {
        var body = new ArrayBufferWriter<byte>();
        await using (var json = ResponseJson.To(body))
            await write(json);
        exchange.Response.ContentType = "application/json";
        exchange.Response.ContentLength = body.WrittenCount;
        exchange.Response.Headers.CacheControl = "no-store";
        await exchange.Response.BodyWriter.WriteAsync(body.WrittenMemory, exchange.Left);
    }

    private static async Task ListAsync(Exchange exchange)
    {
        var request = exchange.Request;
        var query = new ListQuery(exchange.Caller.Tenant, ListCursor.Read(request), Limit(request), Search(request));
        var page = await exchange.Engine.Journal.ListAsync(query, exchange.Left);
        await SendAsync(exchange, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("conversations"u8);
            foreach (var entry in page.Entries)
                Write(json, entry);
            json.WriteEndArray();
            if (page.Next is { } next)
                json.WriteString("next_cursor"u8, ListCursor.Spell(next));
            json.WriteEndObject();
            return Task.CompletedTask;
        });
    }

    private static async Task GetAsync(Exchange exchange)
    {
        var key = new ConversationKey(exchange.Caller.Tenant, exchange.RouteConversation());
        var turns = await exchange.Engine.Journal.ReadConversationAsync(key, exchange.Left);
        var entry = await exchange.Engine.Journal.DescribeAsync(key, exchange.Left);
        if (turns.Count == 0 || entry is null)
            throw Problem.NotFound();
        await SendAsync(exchange, json => ConversationView.WriteAsync(json, entry, turns, exchange.Left));
    }

    private static int Limit(HttpRequest request)
    {
        var given = request.Query["limit"];
        if (given.Count == 0)
            return DefaultLimit;
        return given.Count == 1 && int.TryParse(given[0], NumberStyles.None, CultureInfo.InvariantCulture, out int limit) && limit is >= 1 and <= MaxLimit
            ? limit
            : throw Problem.Invalid($"limit must be a whole number from 1 to {MaxLimit}.");
    }

    private static string? Search(HttpRequest request)
    {
        var given = request.Query["q"];
        if (given.Count > 1)
            throw Problem.Invalid("q must be given once.");
        string text = (given.Count == 1 ? given[0] : null)?.Trim() ?? "";
        if (text.Length > LongestSearch)
            throw Problem.Invalid($"q may have at most {LongestSearch} characters.");
        return text.Length == 0 ? null : text; // an empty search box asks for everything
    }
}
