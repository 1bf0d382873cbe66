using Microsoft.AspNetCore.Http;
using Passwindow.Journal;
using Passwindow.Protocol.Dialects;
using Passwindow.Protocol.Dialects.Native;
using Passwindow.Turns;

namespace Passwindow.Http;

/// <summary>
/// <c>POST /turns/{turn}/regenerate</c>, with an optional body <c>{model?, if_active?}</c>: a new turn for the same message, which takes the
/// old one's place. The old one stays readable.
/// </summary>
internal static class Regeneration
{
    private const int MaxBytes = 4096;

    public static async Task<TurnRequest> ReadAsync(Exchange exchange)
    {
        var turn = exchange.RouteTurn();
        string? key = IdempotentRequests.Key(exchange.Request);
        byte[] body = exchange.Request.ContentLength is null or 0 && !exchange.Request.HasJsonContentType()
            ? "{}"u8.ToArray()
            : await RequestBody.ReadAsync(exchange.Request, MaxBytes, exchange.Left);
        var old = (await exchange.FindTurnAsync(turn)).Opening;
        if (old.Message.Length == 0)
            throw Problem.Invalid("This turn continues another: regenerate that one.");
        try
        {
            var (model, ifActive) = NativeRequestReader.ReadChoice(body);
            var request = TurnRequests.Complete(exchange, Again(old, model ?? Same(exchange, old), ifActive)) with
            {
                Input = old.Input is { } kept ? new TurnInput(kept, old.IsWhole, IsKept: true) : null,
                IsRelayed = old.IsRelayed,
                IsListed = !old.IsUnlisted,
            };
            return key is null ? request : request with { IdempotencyKey = key, RequestHash = IdempotentRequests.Hash($"regenerate {turn}", body) };
        }
        catch (RequestException e)
        {
            throw Problem.Invalid(e.Message);
        }
    }

    private static NativeRequest Again(TurnOpening old, string? model, IfActive ifActive) => new(old.Message)
    {
        Conversation = old.Conversation,
        Model = model,
        Tools = old.Tools is { } tools ? NativeRequestReader.ReadTools(tools) : [],
        ToolsJson = old.Tools,
        Metadata = old.Metadata,
        IfActive = ifActive,
        Replaces = old.Turn,
    };

    // The default model is asked for as such, because it may have others to fail over to; one that is gone is replaced by it.
    private static string? Same(Exchange exchange, TurnOpening old)
    {
        var models = exchange.Engine.Models;
        return models.Resolve(null).Model?.Name == old.Model || models.Resolve(old.Model).Model is null ? null : old.Model;
    }
}
