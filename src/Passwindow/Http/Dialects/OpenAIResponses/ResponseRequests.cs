using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Passwindow.Conversations;
using Passwindow.Http.Dialects.OpenAIChat;
using Passwindow.Journal;
using Passwindow.Protocol;
using Passwindow.Protocol.Dialects;
using Passwindow.Protocol.Dialects.OpenAIResponses;
using Passwindow.Protocol.Upstream;
using Passwindow.Turns;
using Passwindow.Upstream;

namespace Passwindow.Http.Dialects.OpenAIResponses;

/// <summary>Makes a turn of a request for a response, or a <see cref="Problem"/>.</summary>
internal static class ResponseRequests
{
    public static async Task<(TurnRequest Request, OpenAIResponsesRequest Asked)> ReadAsync(Exchange exchange)
    {
        string? key = IdempotentRequests.Key(exchange.Request);
        byte[] body = await HistoryTurns.ReadBodyAsync(exchange);
        try
        {
            var asked = OpenAIResponsesRequestReader.Read(body);
            if (asked.References.Count > 0)
                asked = OpenAIResponsesRequestReader.Read(body, await ReadItemsAsync(exchange, asked.References));
            OpenAIModels.Require(exchange, asked.History.Model);
            var (conversation, before) = await PlaceAsync(exchange, asked);
            var history = asked.History with { Messages = [.. before, .. asked.History.Messages] };
            var request = HistoryTurns.Of(exchange, history, conversation, isWhole: conversation is null, isKept: asked.Store != false, isListed: asked.Store == true);
            RequireProviderOf(asked.HostedTools, request.Model);
            request = request with { Input = request.Input! with { Instructions = asked.Instructions } };
            return (key is null ? request : request with { IdempotencyKey = key, RequestHash = IdempotentRequests.Hash("openai-responses", body) }, asked);
        }
        catch (RequestException e)
        {
            throw OpenAIProblems.Of(e);
        }
    }

    /// <summary>
    /// Where the turn goes: into the conversation of the response that it continues, if that one is its last. Else that one has other followers already, and the turn begins a
    /// conversation with what led to it.
    /// </summary>
    private static async Task<(ConversationId? Conversation, IReadOnlyList<ChatMessage> Before)> PlaceAsync(Exchange exchange, OpenAIResponsesRequest asked)
    {
        if (asked.Conversation is { } named)
            return (await RequireConversationAsync(exchange, named), []);
        if (asked.PreviousResponse is not { } id)
            return (null, []);
        var previous = await StoredResponse.TryFindAsync(exchange, id);
        if (previous is null or { Opening: { IsWhole: true, Input: null } })
            throw Problem(StatusCodes.Status400BadRequest, "previous_response_not_found", $"Previous response with id '{id}' not found.", "previous_response_id");
        var conversation = previous.Opening.ConversationKey;
        var turns = await exchange.Engine.Journal.ReadConversationAsync(conversation, exchange.Left);
        var turn = previous.Opening.Turn;
        bool isLast = turns.MaxBy(static each => (each.Opening.CreatedAt, each.Opening.Turn.Value))?.Opening.Turn == turn;
        var running = exchange.Engine.Turns.FindIn(conversation)?.Opening.Turn;
        return isLast && (running is null || running == turn) ? (conversation.Conversation, []) : (null, await ReadToAsync(turns, previous, exchange.Left));
    }

    private static async Task<ConversationId> RequireConversationAsync(Exchange exchange, string named)
    {
        if (ConversationId.TryParse(named, out var id)
            && (await exchange.Engine.Journal.ReadConversationAsync(new ConversationKey(exchange.Caller.Tenant, id), exchange.Left)).Count > 0)
        {
            return id;
        }

        throw Problem(StatusCodes.Status404NotFound, "conversation_not_found", $"Conversation with id '{named}' not found.", "conversation");
    }

    /// <summary>What was asked and said up to the end of a turn.</summary>
    private static async Task<IReadOnlyList<ChatMessage>> ReadToAsync(IReadOnlyList<ITurnReader> turns, ITurnReader last, CancellationToken left)
    {
        List<ITurnReader> lead = [.. Branch.Before(turns, static turn => turn.Opening, last.Opening), last];
        var messages = new List<ChatMessage>();
        foreach (var turn in lead.Skip(Math.Max(0, lead.FindLastIndex(static turn => turn.Opening.IsWhole))))
            messages.AddRange(await TurnMessages.ReadAsync(turn, left));
        return messages;
    }

    /// <summary>The items that an input names, as their responses show them, thinking with what its provider wants back.</summary>
    private static async Task<IReadOnlyDictionary<string, JsonElement>> ReadItemsAsync(Exchange exchange, IReadOnlyList<string> ids)
    {
        var items = new Dictionary<string, JsonElement>();
        var named = ids.Distinct().Select(static id => (Id: id, IsItem: ResponseId.TryParseItem(id, out var turn, out int index), Turn: turn, Index: index));
        foreach (var response in named.Where(static item => item.IsItem).GroupBy(static item => item.Turn))
        {
            if (await StoredResponse.TryFindAsync(exchange, response.Key.Value) is not { } turn)
                continue;
            var writer = await StoredResponse.ReadAsync(exchange, turn, showsEncrypted: true);
            foreach (var item in response)
            {
                var json = new ArrayBufferWriter<byte>();
                if (writer.TryWriteItem(item.Index, json))
                    items[item.Id] = JsonElement.Parse(json.WrittenSpan);
            }
        }

        return items;
    }

    private static void RequireProviderOf(IReadOnlyList<string> hosted, ResolvedModel model)
    {
        if (hosted.Count > 0 && new[] { model }.Concat(model.Fallbacks).Any(static each => each.Api != UpstreamApi.OpenAIResponses.Name))
            throw new RequestException($"The tool {hosted[0]} runs at a provider that speaks the Responses API, and {model.Name} is none: only functions are taken here.") { Param = "tools" };
    }

    private static Problem Problem(int status, string code, string message, string param) =>
        new(status, code, message) { Members = new Dictionary<string, string> { [OpenAIProblems.Param] = param } };
}
