using Passwindow.Conversations;
using Passwindow.Protocol.Dialects;
using Passwindow.Protocol.Dialects.OpenAIResponses;
using Passwindow.Http.Dialects.OpenAIChat;
using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Http.Dialects.OpenAIResponses;

/// <summary>What a response was given as input, a page at a time, the last first unless the client asks otherwise.</summary>
internal static class ResponseInputItems
{
    private const int DefaultLimit = 20;
    private const int MaxLimit = 100;

    public static async Task ListAsync(Exchange exchange)
    {
        var turn = await StoredResponse.FindAsync(exchange);
        IReadOnlyList<ChatMessage> messages = turn.Opening.Input ?? (turn.Opening.ToolResults is { } results ? [TurnMessages.Of(results)] : [Memory.Question(turn.Opening.Message)]);
        var items = ResponseInputItem.Of(turn.Opening.Turn, messages).ToList();
        var query = exchange.Request.Query;
        if (query["order"] is not ["asc"])
            items.Reverse();
        if (query["after"] is [{ } after])
            items.RemoveRange(0, items.FindIndex(item => item.Id == after) is >= 0 and var at ? at + 1 : throw Wrong("after", "must be the id of an input item."));
        int limit = query["limit"] is not [{ } asked] ? DefaultLimit
            : EventCursor.TryParseSeq(asked, out long number) && number is >= 1 and <= MaxLimit ? (int)number : throw Wrong("limit", $"must be a whole number from 1 to {MaxLimit}.");
        var page = items.Take(limit).ToList();
        await ConversationEndpoints.SendAsync(exchange, json =>
        {
            json.WriteStartObject();
            json.WriteString("object"u8, "list"u8);
            json.WriteStartArray("data"u8);
            foreach (var item in page)
                item.WriteTo(json);
            json.WriteEndArray();
            json.WriteString("first_id"u8, page.FirstOrDefault()?.Id);
            json.WriteString("last_id"u8, page.LastOrDefault()?.Id);
            json.WriteBoolean("has_more"u8, items.Count > page.Count);
            json.WriteEndObject();
            return Task.CompletedTask;
        });
    }

    private static Problem Wrong(string param, string what) => OpenAIProblems.Of(new RequestException($"{param} {what}") { Param = param });
}
