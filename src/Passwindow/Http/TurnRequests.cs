using System.Text;
using Microsoft.AspNetCore.Http;
using Passwindow.Http.Dialects;
using Passwindow.Journal;
using Passwindow.Protocol;
using Passwindow.Protocol.Dialects;
using Passwindow.Protocol.Dialects.Native;
using Passwindow.Protocol.Upstream;
using Passwindow.Tools;
using Passwindow.Turns;
using Passwindow.Upstream;

namespace Passwindow.Http;

/// <summary>Makes a turn of a request, or a <see cref="Problem"/>: whatever is wrong with it shows before the stream opens.</summary>
internal static class TurnRequests
{
    public static async Task<TurnRequest> ReadAsync(Exchange exchange)
    {
        string? key = IdempotentRequests.Key(exchange.Request);
        byte[] body = await HistoryTurns.ReadBodyAsync(exchange);
        try
        {
            var request = Complete(exchange, NativeRequestReader.Read(body));
            await CheckReplacedAsync(exchange, request);
            return key is null ? request : request with { IdempotencyKey = key, RequestHash = IdempotentRequests.Hash("chat", body) };
        }
        catch (RequestException e)
        {
            throw Problem.Invalid(e.Message);
        }
    }

    public static TurnRequest FromQuery(Exchange exchange)
    {
        var query = exchange.Request.Query;
        string? One(string name) => query[name] is [{ Length: > 0 } value] ? value : query.ContainsKey(name) ? throw Problem.Invalid($"{name} must be given once, and not empty.") : null;
        string prompt = One("prompt") ?? throw Problem.Invalid("prompt is missing: it is what the person wrote.");
        if (string.IsNullOrWhiteSpace(prompt))
            throw Problem.Invalid("prompt is empty.");
        ConversationId? conversation = null;
        if (One("conversation_id") is { } named)
            conversation = ConversationId.TryParse(named, out var id) ? id : throw Problem.Invalid("conversation_id must be 1 to 64 characters of A-Z a-z 0-9 _ -.");
        return Complete(exchange, new NativeRequest(prompt) { Conversation = conversation, Model = One("model") });
    }

    /// <summary>Starts the turn and waits until its <c>start</c> is committed.</summary>
    public static async Task<ShownTurn> StartAsync(Exchange exchange, TurnRequest request)
    {
        try
        {
            var (turn, viewer) = await exchange.Engine.Turns.StartAsync(request, exchange.Left);
            await turn.Started;
            if (turn.Reader.Committed > 0)
                return new ShownTurn(turn.Reader, viewer);
            viewer.Dispose();
            throw Unavailable("The journal takes no writes, so no turn can begin.");
        }
        catch (TurnRefusedException e)
        {
            throw Of(e);
        }
    }

    /// <summary>Checks what the engine needs, and finds the model.</summary>
    public static TurnRequest Complete(Exchange exchange, NativeRequest request)
    {
        if (Encoding.UTF8.GetByteCount(request.Message) > exchange.Engine.Options.MaxMessageBytes)
            throw new Problem(StatusCodes.Status413PayloadTooLarge, "too_large", $"The message may have at most {exchange.Engine.Options.MaxMessageBytes} bytes.");
        var resolution = exchange.Engine.Models.Resolve(request.Model);
        var model = resolution.Model ?? throw Problem.Invalid(resolution.Problem!);
        return WithServer(exchange, new TurnRequest(exchange.Caller.Tenant, exchange.Caller.User, request.Conversation, request.Message, model)
        {
            Input = request.History is [] ? null : new TurnInput([.. request.History, ChatMessage.Of(ChatRole.User, request.Message)], IsWhole: true, IsKept: true),
            Tools = request.Tools,
            ToolsJson = request.ToolsJson,
            Metadata = request.Metadata,
            IfActive = request.IfActive,
            Replaces = request.Replaces,
        });
    }

    /// <summary>The turn that goes on where another ended for its client's tools.</summary>
    public static TurnRequest Continue(Exchange exchange, TurnOpening opening, IReadOnlyList<GivenResult> results)
    {
        var resolution = exchange.Engine.Models.Resolve(opening.Model);
        var model = resolution.Model ?? throw Problem.Invalid(resolution.Problem!);
        return WithServer(exchange, new TurnRequest(opening.Tenant, exchange.Caller.User, opening.Conversation, Message: "", model)
        {
            Tools = ReadTools(opening),
            ToolsJson = opening.Tools,
            Metadata = opening.Metadata,
            Continues = new Continuation(opening.Turn, results),
            IsRelayed = opening.IsRelayed,
            IsListed = !opening.IsUnlisted,
        });
    }

    /// <summary>Adds what the server brings to a turn: its tools as they are now, and who suggests questions.</summary>
    public static TurnRequest WithServer(Exchange exchange, TurnRequest request)
    {
        var tools = exchange.Engine.Tools.For(isDemo: request.Model.Name == ModelCatalog.Demo);
        bool isClients(ServerTool own) => request.Tools.Any(tool => tool.Name == own.Name);

        // A turn that goes on keeps its client's tools, though the server may have got one of that name meanwhile.
        if (request.Continues is null && tools.FirstOrDefault(isClients) is { } twice)
            throw Problem.Invalid($"The tool {twice.Name} is the server's own: give yours another name.");
        return request with
        {
            ServerTools = [.. tools.Where(own => !isClients(own))],
            Suggestions = exchange.Engine.Models.ForSuggestions(exchange.Engine.Options.Suggestions, request.Model),
        };
    }

    private static IReadOnlyList<ToolDeclaration> ReadTools(TurnOpening opening)
    {
        try
        {
            return opening.Tools is { } tools ? NativeRequestReader.ReadTools(tools) : [];
        }
        catch (RequestException e)
        {
            throw Problem.Invalid(e.Message);
        }
    }

    private static async Task CheckReplacedAsync(Exchange exchange, TurnRequest request)
    {
        if (request.Replaces is { } turn && (await exchange.TryFindTurnAsync(turn))?.Opening.Conversation != request.Conversation)
            throw Problem.Invalid("replaces names no turn of this conversation.");
    }

    private static Problem Of(TurnRefusedException refused) => refused.Refusal switch
    {
        TurnRefusal.ConversationIsBusy => new Problem(StatusCodes.Status409Conflict, "turn_active", refused.Message)
        {
            Members = refused.ActiveTurn is { } turn ? new Dictionary<string, string> { ["turn_id"] = turn.Value } : new Dictionary<string, string>(),
        },
        TurnRefusal.QueueIsFull => new Problem(StatusCodes.Status429TooManyRequests, "queue_full", refused.Message) { RetryAfter = TimeSpan.FromSeconds(5) },
        TurnRefusal.Overloaded => new Problem(StatusCodes.Status503ServiceUnavailable, "overloaded", refused.Message) { RetryAfter = TimeSpan.FromSeconds(1) },
        TurnRefusal.ShuttingDown => new Problem(StatusCodes.Status503ServiceUnavailable, "shutting_down", refused.Message) { RetryAfter = TimeSpan.FromSeconds(5) },
        TurnRefusal.NotWaiting => new Problem(StatusCodes.Status409Conflict, "not_waiting", refused.Message),
        TurnRefusal.AlreadyAnswered => new Problem(StatusCodes.Status409Conflict, "already_answered", refused.Message),
        TurnRefusal.WrongResults => Problem.Invalid(refused.Message),
        _ => Unavailable(refused.Message),
    };

    private static Problem Unavailable(string detail) =>
        new(StatusCodes.Status503ServiceUnavailable, "journal_unavailable", detail) { RetryAfter = TimeSpan.FromSeconds(5) };
}
