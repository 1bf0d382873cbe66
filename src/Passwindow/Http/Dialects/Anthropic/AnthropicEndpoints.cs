using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Passwindow.Protocol.Dialects;
using Passwindow.Protocol.Dialects.Anthropic;
using Passwindow.Turns;

namespace Passwindow.Http.Dialects.Anthropic;

/// <summary>What clients of Anthropic's Messages ask for.</summary>
internal static class AnthropicEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/messages", Exchange.Of(CreateAsync, AnthropicProblems.WriteAsync));
        routes.MapPost("/v1/messages/count_tokens", Exchange.Of(CountAsync, AnthropicProblems.WriteAsync));
    }

    private static async Task CreateAsync(Exchange exchange)
    {
        var (request, isStream) = await ReadAsync(exchange);
        using var turn = await IdempotentRequests.StartAsync(exchange, request);
        exchange.Response.Headers["request-id"] = turn.Reader.Opening.Turn.Value;
        if (isStream)
            await EventResponse.ShowAsync(exchange, turn.Reader, after: 0, Dialect.Anthropic);
        else
            await AnswerAsync(exchange, turn);
    }

    /// <summary>Only the provider can count, and which one it will be is not known before it answers.</summary>
    private static Task CountAsync(Exchange exchange) => throw new Problem(StatusCodes.Status404NotFound, "not_found", "Tokens are not counted here.");

    private static async Task<(TurnRequest Request, bool IsStream)> ReadAsync(Exchange exchange)
    {
        string? key = IdempotentRequests.Key(exchange.Request);
        byte[] body = await HistoryTurns.ReadBodyAsync(exchange);
        try
        {
            var read = AnthropicRequestReader.Read(body);
            if (exchange.Engine.Models.Resolve(read.Given.Model).Problem is { } problem)
                throw new Problem(StatusCodes.Status404NotFound, "model_not_found", problem);
            var request = HistoryTurns.Of(exchange, read.Given, conversation: null, isWhole: true, isKept: false, isListed: false);
            if (key is not null)
                request = request with { IdempotencyKey = key, RequestHash = IdempotentRequests.Hash("anthropic", body) };
            return (request, read.IsStream);
        }
        catch (RequestException e)
        {
            throw Problem.Invalid(e.Message);
        }
    }

    private static async Task AnswerAsync(Exchange exchange, ShownTurn turn)
    {
        var opening = turn.Reader.Opening;
        var answer = new AnthropicAnswer(FrameContexts.Of(opening));
        if (!await WholeAnswer.ReadAsync(exchange, turn.Reader, answer))
            return;
        if (answer.Failure is { } failure)
            throw AnthropicProblems.Of(opening, failure);
        EventResponse.NameTurn(exchange.Response, opening);
        exchange.Response.ContentType = "application/json";
        exchange.Response.Headers.CacheControl = "no-store";
        answer.WriteTo(exchange.Response.BodyWriter);
        await exchange.Response.BodyWriter.FlushAsync(exchange.Left);
    }
}
