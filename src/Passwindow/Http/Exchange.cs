using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Passwindow.Journal;
using Passwindow.Protocol;

namespace Passwindow.Http;

/// <summary>One request, its caller known, and the rooms that answer it.</summary>
internal sealed partial class Exchange(HttpContext context, Engine engine, Caller caller)
{
    public HttpContext Context => context;

    public HttpRequest Request => context.Request;

    public HttpResponse Response => context.Response;

    public Engine Engine => engine;

    public Caller Caller => caller;

    /// <summary>Cancelled when the client is gone.</summary>
    public CancellationToken Left => context.RequestAborted;

    /// <summary>Makes a request delegate of a handler: finds out who calls, and turns a <see cref="Problem"/> into its document.</summary>
    /// <param name="handler">The handler.</param>
    /// <param name="spell">How the problem is spelled, where a dialect has a form of its own; null for RFC 9457.</param>
    public static RequestDelegate Of(Func<Exchange, Task> handler, Func<Problem, HttpContext, Task>? spell = null) => async context =>
    {
        Task write(Problem problem) => spell is null ? problem.WriteAsync(context) : spell(problem, context);
        context.Response.Headers.XContentTypeOptions = "nosniff"; // what a model wrote must never be taken for a page
        try
        {
            var engine = context.RequestServices.GetRequiredService<Engine>();
            await handler(new Exchange(context, engine, engine.Identify(context)));
        }
        catch (Problem problem) when (!context.Response.HasStarted)
        {
            await write(problem);
        }
        catch (ConversationGoneException) when (!context.Response.HasStarted)
        {
            await write(Problem.NotFound());
        }
        catch (JournalDamagedException) when (!context.Response.HasStarted)
        {
            await write(new Problem(StatusCodes.Status500InternalServerError, "internal", "What is stored of this cannot be read.")); // the log says more
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client is gone; there is nobody to tell.
        }
        catch (Exception fault) when (fault is not BadHttpRequestException)
        {
            LogFault(context.RequestServices.GetRequiredService<ILogger<Exchange>>(), fault);
            if (context.Response.HasStarted)
                context.Abort(); // a response that ended in the middle must not look whole
            else
                await write(Of(fault));
        }
    };

    // What it was stands in the log, never on the wire: it may hold paths, keys, or what somebody else wrote.
    private static Problem Of(Exception fault) => new(StatusCodes.Status500InternalServerError, "internal", fault is JournalDamagedException
        ? "What is kept of this conversation is damaged; the server's log names the place."
        : "Something went wrong on our side.");

    [LoggerMessage(Level = LogLevel.Error, Message = "A request failed by a fault of ours.")]
    private static partial void LogFault(ILogger log, Exception fault);

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
