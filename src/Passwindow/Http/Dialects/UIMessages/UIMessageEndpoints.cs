using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Passwindow.Protocol;
using Passwindow.Protocol.Dialects;
using Passwindow.Protocol.Dialects.UIMessages;
using Passwindow.Protocol.Upstream;
using Passwindow.Turns;

namespace Passwindow.Http.Dialects.UIMessages;

/// <summary>What the Vercel AI SDK's <c>DefaultChatTransport</c> asks for: send, resume, and a stop, which the SDK leaves to the app.</summary>
internal static class UIMessageEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/chat", Exchange.Of(PostAsync, WriteProblemAsync));
        routes.MapGet("/api/chat/{chat}/stream", Exchange.Of(ResumeAsync, WriteProblemAsync));
        routes.MapDelete("/api/chat/{chat}/stream", Exchange.Of(StopAsync, WriteProblemAsync));
    }

    private static async Task PostAsync(Exchange exchange)
    {
        string? key = IdempotentRequests.Key(exchange.Request);
        byte[] body = await HistoryTurns.ReadBodyAsync(exchange);
        try
        {
            var request = UIMessageRequestReader.Read(body);
            TurnRequest withKey(TurnRequest asked) => key is null ? asked : asked with { IdempotencyKey = key, RequestHash = IdempotentRequests.Hash("ui-message", body) };
            if (!request.IsRegeneration && request.Last.Role == ChatRole.Assistant)
            {
                await GoneOnMessage.AnswerAsync(exchange, request, withKey);
                return;
            }

            using var turn = await IdempotentRequests.StartAsync(exchange, withKey(await AskedTurn.OfAsync(exchange, request)));
            await UIMessageResponse.ShowAsync(exchange, turn.Reader);
        }
        catch (RequestException e)
        {
            throw Problem.Invalid(e.Message);
        }
    }

    /// <summary>The turn that runs in a chat, from its message's start: the client begins the message anew. 204 if none runs, in a chat nobody knows yet too.</summary>
    private static async Task ResumeAsync(Exchange exchange)
    {
        if (exchange.Engine.Turns.FindIn(RouteChat(exchange)) is not { Reader.HasEnded: false } running)
        {
            exchange.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        using var watching = running.Watch();
        await UIMessageResponse.ShowAsync(exchange, running.Reader);
    }

    /// <summary>Stops the turn that runs in a chat and answers with its receipt; 204 if none runs.</summary>
    private static async Task StopAsync(Exchange exchange)
    {
        if (exchange.Engine.Turns.FindIn(RouteChat(exchange)) is not { } running)
        {
            exchange.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        running.Cancel(CancelReason.Stopped);
        await running.Completion.WaitAsync(exchange.Left);
        var receipt = await StopReceipt.ReadAsync(running.Reader, exchange.Left);
        exchange.Response.ContentType = "application/json";
        await receipt.WriteAsync(exchange.Response.BodyWriter, exchange.Left);
    }

    /// <summary>The SDK shows the body of a refusal to the app as its error's message: so it is the words alone.</summary>
    private static Task WriteProblemAsync(Problem problem, HttpContext context)
    {
        problem.Begin(context.Response, "text/plain; charset=utf-8");
        return context.Response.WriteAsync(problem.Message, context.RequestAborted);
    }

    // A slash within an id comes encoded, and routing leaves it so.
    private static ConversationKey RouteChat(Exchange exchange) => new(
        exchange.Caller.Tenant,
        UIMessageRequestReader.ConversationOf(((string)exchange.Request.RouteValues["chat"]!).Replace("%2F", "/", StringComparison.OrdinalIgnoreCase)));
}
