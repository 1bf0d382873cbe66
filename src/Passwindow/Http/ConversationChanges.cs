using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Passwindow.Journal;
using Passwindow.Protocol;
using Passwindow.Turns;

namespace Passwindow.Http;

/// <summary>Renaming and deleting a conversation (contract, section 4).</summary>
internal static class ConversationChanges
{
    private const int LongestTitle = 200;
    private const int MaxBodyBytes = 4 * 1024;

    /// <summary>Answers what the list says of it now, once that is durable.</summary>
    public static async Task RenameAsync(Exchange exchange)
    {
        // The body first: a bad one is refused in the same way whether or not the conversation exists.
        string title = Title(await RequestBody.ReadAsync(exchange.Request, MaxBodyBytes, exchange.Left));
        var key = Key(exchange);
        await Durably(async () =>
        {
            if (!await exchange.Engine.Journal.RenameAsync(key, title, exchange.Left))
                throw Problem.NotFound();
        });
        var entry = await exchange.Engine.Journal.DescribeAsync(key, exchange.Left) ?? throw Problem.NotFound();
        await ConversationEndpoints.SendAsync(exchange, json =>
        {
            ConversationEndpoints.Write(json, entry);
            return Task.CompletedTask;
        });
    }

    /// <summary>204 once nothing can bring it back. A running turn is stopped first.</summary>
    public static async Task DeleteAsync(Exchange exchange)
    {
        await Durably(async () =>
        {
            if (!await exchange.Engine.Turns.DeleteAsync(Key(exchange), exchange.Left))
                throw Problem.NotFound();
        });
        exchange.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static ConversationKey Key(Exchange exchange) => new(exchange.Caller.Tenant, exchange.RouteConversation());

    private static string Title(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("title", out var given)
                || given.ValueKind != JsonValueKind.String)
            {
                throw Problem.Invalid("The body must be a JSON object with a title, a string.");
            }

            string title = given.GetString()!.Trim();
            int length = title.EnumerateRunes().Count();
            if (length is 0 or > LongestTitle)
                throw Problem.Invalid($"title must have 1 to {LongestTitle} characters.");
            return title.EnumerateRunes().Any(Rune.IsControl) ? throw Problem.Invalid("title must have no control characters.") : title;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter: half a surrogate pair
        {
            throw Problem.Invalid("The body is not valid JSON.");
        }
    }

    private static async Task Durably(Func<Task> change)
    {
        try
        {
            await change();
        }
        catch (TurnRefusedException e)
        {
            throw new Problem(StatusCodes.Status409Conflict, "turn_active", e.Message);
        }
        catch (JournalUnavailableException)
        {
            throw new Problem(StatusCodes.Status503ServiceUnavailable, "journal_unavailable", "The journal takes no writes.") { RetryAfter = TimeSpan.FromSeconds(5) };
        }
    }
}
