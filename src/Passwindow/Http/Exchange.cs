using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Passwindow.Journal;
using Passwindow.Protocol;

namespace Passwindow.Http;

/// <summary>One request, its caller known, and the rooms that answer it.</summary>
internal sealed class Exchange(HttpContext context, Engine engine, Caller caller)
{
    public HttpContext Context => context;

    public HttpRequest Request => context.Request;

    public HttpResponse Response => context.Response;

    public Engine Engine => engine;

    public Caller Caller => caller;

    /// <summary>Cancelled when the client is gone.</summary>
    public CancellationToken Left => context.RequestAborted;

    /// <summary>Makes a request delegate of a handler: finds out who calls, and turns a <see cref="Problem"/> into its document.</summary>
    public static RequestDelegate Of(Func<Exchange, Task> handler) => async context =>
    {
        try
        {
            var engine = context.RequestServices.GetRequiredService<Engine>();
            await handler(new Exchange(context, engine, engine.Identify(context)));
        }
        catch (Problem problem) when (!context.Response.HasStarted)
        {
            await problem.WriteAsync(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client is gone; there is nobody to tell.
        }
    };

    /// <summary>The turn that the path names; 404 if this caller has none of that id.</summary>
    public async Task<ITurnReader> FindTurnAsync(TurnId turn) => await TryFindTurnAsync(turn) ?? throw Problem.NotFound();

    /// <summary>The same; null if this caller has no turn of that id.</summary>
    public async Task<ITurnReader?> TryFindTurnAsync(TurnId turn)
    {
        var key = new TurnKey(caller.Tenant, turn);
        return engine.Turns.Find(key)?.Reader ?? await engine.Journal.FindAsync(key, Left);
    }

    public TurnId RouteTurn() => TurnId.TryParse((string?)context.Request.RouteValues["turn"], out var turn) ? turn : throw Problem.NotFound();

    public ConversationId RouteConversation() =>
        ConversationId.TryParse((string?)context.Request.RouteValues["conversation"], out var conversation) ? conversation : throw Problem.NotFound();
}
