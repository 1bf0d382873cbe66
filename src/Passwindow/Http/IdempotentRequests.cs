using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Passwindow.Journal;
using Passwindow.Protocol;
using Passwindow.Turns;

namespace Passwindow.Http;

/// <summary>
/// <c>Idempotency-Key</c>: the same request sent again, by a client that did not hear the answer, joins the turn that the first one began.
/// </summary>
internal static class IdempotentRequests
{
    private const int MaxKeyLength = 256;

    /// <summary>The key of the request; null if it has none.</summary>
    public static string? Key(HttpRequest request)
    {
        var values = request.Headers["Idempotency-Key"];
        if (values.Count == 0)
            return null;
        return values is [{ Length: > 0 and <= MaxKeyLength } key] && key.All(static letter => letter is > ' ' and < '\u007F')
            ? key
            : throw Problem.Invalid($"Idempotency-Key must be one value of 1 to {MaxKeyLength} visible ASCII characters.");
    }

    /// <summary>What a request asks, so that two can be compared.</summary>
    public static string Hash(string what, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(what + "\n"));
        hash.AppendData(body);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Starts the turn, or joins the one that the key began.</summary>
    public static async Task<ShownTurn> StartAsync(Exchange exchange, TurnRequest request)
    {
        if (request.IdempotencyKey is not { } key)
            return await TurnRequests.StartAsync(exchange, request);

        // A first message begins a conversation whose id follows from the key: by it the journal finds the turn, after a restart too.
        request = request with { Conversation = request.Conversation ?? ConversationOf(request.Tenant, key) };
        var keys = exchange.Engine.Keys;
        while (true)
        {
            var known = keys.Claim(request.Tenant, key, request.RequestHash!, out bool isMine);
            if (isMine)
                return await StartOrFindAsync(exchange, request, known);
            if (known.Hash != request.RequestHash)
                throw Mismatch();
            if (await known.Turn.WaitAsync(exchange.Left) is not { } turn)
                continue; // it came to nothing, so the key is free
            if (await exchange.TryFindTurnAsync(turn) is { } reader)
                return Join(exchange, reader);
            keys.Free(known); // its conversation was deleted
        }
    }

    private static async Task<ShownTurn> StartOrFindAsync(Exchange exchange, TurnRequest request, KnownKey known)
    {
        TurnId? begun = null;
        try
        {
            var conversation = new ConversationKey(request.Tenant, request.Conversation!.Value);
            var turns = await exchange.Engine.Journal.ReadConversationAsync(conversation, exchange.Left);
            var before = turns.FirstOrDefault(turn => turn.Opening.IdempotencyKey == known.Key);
            if (before is not null && before.Opening.RequestHash != known.Hash)
                throw Mismatch();
            var shown = before is null ? await TurnRequests.StartAsync(exchange, request) : Join(exchange, before);
            begun = shown.Reader.Opening.Turn;
            return shown;
        }
        finally
        {
            exchange.Engine.Keys.Settle(known, begun);
        }
    }

    private static ShownTurn Join(Exchange exchange, ITurnReader reader) => new(reader, exchange.Engine.Turns.Find(reader.Opening.Key)?.Watch());

    private static ConversationId ConversationOf(TenantId tenant, string key) =>
        new("c_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{tenant.Value}\n{key}")))[..40]);

    private static Problem Mismatch() =>
        new(StatusCodes.Status422UnprocessableEntity, "idempotency_mismatch", "This Idempotency-Key was used for another request. Use a new one.");
}

/// <summary>A turn that a response is about to show, and the viewer that keeps it alive meanwhile; null if it runs no more.</summary>
internal sealed record ShownTurn(ITurnReader Reader, IDisposable? Viewer) : IDisposable
{
    public void Dispose() => Viewer?.Dispose();
}
