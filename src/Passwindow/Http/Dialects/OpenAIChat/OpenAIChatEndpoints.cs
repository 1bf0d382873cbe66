using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Passwindow.Protocol.Dialects;
using Passwindow.Protocol.Dialects.OpenAIChat;
using Passwindow.Turns;

namespace Passwindow.Http.Dialects.OpenAIChat;

/// <summary>What clients of OpenAI's Chat Completions ask for: answers, and the list of models.</summary>
internal static class OpenAIChatEndpoints
{
    private static readonly Dialect WithoutUsage = Dialect.OpenAI with { CreateWriter = static context => new OpenAIChatFrameWriter(context, includeUsage: false) };

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/chat/completions", Exchange.Of(CompleteAsync, OpenAIProblems.WriteAsync));
        routes.MapGet("/v1/models", Exchange.Of(OpenAIModels.ListAsync, OpenAIProblems.WriteAsync));
        routes.MapGet("/v1/models/{**model}", Exchange.Of(OpenAIModels.GetAsync, OpenAIProblems.WriteAsync)); // a model's name has a slash: provider/model
    }

    private static async Task CompleteAsync(Exchange exchange)
    {
        var (request, isStream, includeUsage) = await ReadAsync(exchange);
        using var turn = await IdempotentRequests.StartAsync(exchange, request);
        exchange.Response.Headers["x-request-id"] = turn.Reader.Opening.Turn.Value;
        if (isStream)
            await EventResponse.ShowAsync(exchange, turn.Reader, after: 0, includeUsage ? Dialect.OpenAI : WithoutUsage);
        else
            await AnswerAsync(exchange, turn);
    }

    private static async Task<(TurnRequest Request, bool IsStream, bool IncludeUsage)> ReadAsync(Exchange exchange)
    {
        string? key = IdempotentRequests.Key(exchange.Request);
        byte[] body = await HistoryTurns.ReadBodyAsync(exchange);
        try
        {
            var read = OpenAIChatRequestReader.Read(body);
            OpenAIModels.Require(exchange, read.Given.Model);
            var request = HistoryTurns.Of(exchange, read.Given, conversation: null, isWhole: true, isKept: read.IsStored, isListed: read.IsStored);
            if (key is not null)
                request = request with { IdempotencyKey = key, RequestHash = IdempotentRequests.Hash("openai", body) };
            return (request, read.IsStream, read.IncludeUsage);
        }
        catch (RequestException e)
        {
            throw OpenAIProblems.Of(e);
        }
    }

    private static async Task AnswerAsync(Exchange exchange, ShownTurn turn)
    {
        var opening = turn.Reader.Opening;
        var answer = new OpenAIChatAnswer(FrameContexts.Of(opening));
        if (!await WholeAnswer.ReadAsync(exchange, turn.Reader, answer))
            return;
        if (answer.Failure is { } failure)
            throw OpenAIProblems.Of(opening, failure);
        EventResponse.NameTurn(exchange.Response, opening);
        exchange.Response.ContentType = "application/json";
        exchange.Response.Headers.CacheControl = "no-store";
        answer.WriteTo(exchange.Response.BodyWriter);
        await exchange.Response.BodyWriter.FlushAsync(exchange.Left);
    }
}
