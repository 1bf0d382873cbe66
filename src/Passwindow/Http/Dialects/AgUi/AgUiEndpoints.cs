using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Passwindow.Protocol.Dialects;
using Passwindow.Protocol.Dialects.AgUi;
using Passwindow.Turns;

namespace Passwindow.Http.Dialects.AgUi;

/// <summary><c>POST /ag-ui</c>: a run is a turn, a thread is a conversation.</summary>
internal static class AgUiEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/ag-ui", Exchange.Of(PostAsync, AgUiProblem.WriteAsync));

    private static async Task PostAsync(Exchange exchange)
    {
        string? key = IdempotentRequests.Key(exchange.Request);
        byte[] body = await HistoryTurns.ReadBodyAsync(exchange);
        var request = Read(body);
        var dialect = Spoken(request);
        var thread = await AgUiThread.FindAsync(exchange, request);
        if (request.Resume.Count > 0)
        {
            if (thread.Question is null)
            {
                await ResumeAsync(exchange, request, thread, dialect);
                return;
            }

            if (request.Resume.Any(static answer => answer.IsApproved))
                _ = Answer(exchange, request, thread); // else the turn that waits is stopped for the new question, and its calls with it
        }

        // One that is sent again is not looked at again: the thread has gone on with it.
        var turn = key is not null && thread.Has(key) ? AgUiRuns.Again(exchange, request, thread) : await AgUiRuns.OfAsync(exchange, request, thread);
        using var shown = await IdempotentRequests.StartAsync(
            exchange, key is null ? turn : turn with { IdempotencyKey = key, RequestHash = IdempotentRequests.Hash("ag-ui", body) });
        await EventResponse.ShowAsync(exchange, shown.Reader, after: 0, dialect);
    }

    /// <summary>
    /// People have answered: the turn that waited for them goes on in this response. One that has not waited for them, because its time was over or others were
    /// faster, is shown as it stands: what became of the calls is what their results say.
    /// </summary>
    private static async Task ResumeAsync(Exchange exchange, AgUiRequest request, AgUiThread thread, Dialect dialect)
    {
        var last = thread.Last ?? throw Problem.Invalid("resume answers nothing: the thread has no run.");
        var running = exchange.Engine.Turns.FindIn(thread.Key);
        using var watching = running?.Watch();
        var reader = running?.Reader ?? last;
        long after = reader.Committed; // before the answer counts: all that it leads to is shown as it comes
        if (!Answer(exchange, request, thread))
            throw Problem.Invalid("resume answers nothing that the running turn asked for.");
        await EventResponse.ShowAsync(exchange, reader, reader.HasEnded && reader.Committed == after ? after - 1 : after, dialect);
    }

    /// <summary>Gives the answers to the running turn, one by one: those that come too late do not count.</summary>
    /// <returns>False if it asked for none of them.</returns>
    private static bool Answer(Exchange exchange, AgUiRequest request, AgUiThread thread)
    {
        if (exchange.Engine.Turns.FindIn(thread.Key) is not { } running)
            return true;
        if (running.Opening.User != exchange.Caller.User)
            throw Problem.Forbidden("Only who started the turn may answer for it.");
        return request.Resume.Select(answer => running.Answer([new Approval(answer.Interrupt, answer.IsApproved, answer.Reason)])).ToList().Exists(static receipt => receipt != ApprovalReceipt.Unknown);
    }

    private static Dialect Spoken(AgUiRequest request)
    {
        var options = new AgUiOptions { Thread = request.Thread, Run = request.Run, SpeaksOne = request.SpeaksOne };
        return Dialect.AgUi with { CreateWriter = context => new AgUiFrameWriter(context, options) };
    }

    private static AgUiRequest Read(byte[] body)
    {
        try
        {
            return AgUiRequestReader.Read(body);
        }
        catch (RequestException e)
        {
            throw Problem.Invalid(e.Message);
        }
    }
}
