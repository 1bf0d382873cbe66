using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Passwindow.Protocol.Dialects;
using Passwindow.Protocol.Dialects.AgUi;
using Passwindow.Protocol.Dialects.Native;
using Passwindow.Protocol.Upstream;
using Passwindow.Tools;
using Passwindow.Turns;

namespace Passwindow.Http.Dialects.AgUi;

/// <summary>Makes a turn of what is new in a request: a question, what the client's tools gave, or a whole conversation that the journal does not know.</summary>
internal static class AgUiRuns
{
    /// <exception cref="Problem">Nothing is new, or it cannot be asked.</exception>
    public static async Task<TurnRequest> OfAsync(Exchange exchange, AgUiRequest request, AgUiThread thread)
    {
        var turn = thread switch
        {
            { IsKnown: false } => Whole(exchange, request, thread),
            { Question: { } question } => Ask(exchange, request, thread, question, await thread.OwedAsync(exchange.Left)),
            _ => Continue(exchange, request, thread, await thread.OwedAsync(exchange.Left)),
        };
        return TurnRequests.WithServer(exchange, turn);
    }

    /// <summary>A request that has begun its turn already: it is only to be found.</summary>
    public static TurnRequest Again(Exchange exchange, AgUiRequest request, AgUiThread thread) => New(exchange, request, thread, "", []);

    private static TurnRequest Whole(Exchange exchange, AgUiRequest request, AgUiThread thread)
    {
        if (request.Messages.Count == 0)
            throw Problem.Invalid("messages is empty: there is nothing to answer.");
        if (request.Messages is [{ Content: { Role: ChatRole.User, Parts: [TextPart] } } only])
            return Ask(exchange, request, thread, only, []);
        RequireText(exchange, thread.Question?.Content);
        IReadOnlyList<ChatMessage> messages = [.. Surroundings(request), .. request.Messages.Select(static message => message.Content)];
        string[] names = [.. Surroundings(request).Select(static _ => ""), .. request.Messages.Select(static message => message.Id)];
        return New(exchange, request, thread, new HistoryRequest(messages).LastQuestion, names) with { Input = new TurnInput(messages, IsWhole: true, IsKept: true) };
    }

    private static TurnRequest Ask(
        Exchange exchange, AgUiRequest request, AgUiThread thread, AgUiRequestMessage question, IReadOnlyList<(string Message, ToolResultPart Result)> owed)
    {
        RequireText(exchange, question.Content);
        var replaced = thread.Replaced(question);
        var turn = New(exchange, request, thread, RequestJson.Text(question.Content), [.. owed.Select(static given => given.Message), question.Id]) with
        {
            Replaces = replaced,
            IfActive = request.Resume switch
            {
                [] => request.IfActive,
                var answers when answers.All(static answer => !answer.IsApproved) => IfActive.Interrupt,
                _ => IfActive.Enqueue, // what somebody has just allowed is not cut off
            },
        };
        if (owed.Count == 0 && question.Content.Parts is [TextPart] && request.Surroundings.Length == 0)
            return turn;

        // What surrounds a question is for this one alone: it is not kept, so that the next question does not bring it again.
        bool isMore = owed.Count > 0 || question.Content.Parts is not [TextPart];
        IReadOnlyList<ChatMessage> asked = [.. owed.Select(static given => new ChatMessage(ChatRole.Tool, [given.Result])), .. isMore ? [] : Surroundings(request), question.Content];
        return turn with { Input = new TurnInput(asked, IsWhole: false, IsKept: isMore) };
    }

    private static TurnRequest Continue(Exchange exchange, AgUiRequest request, AgUiThread thread, IReadOnlyList<(string Message, ToolResultPart Result)> owed)
    {
        if (owed.Count == 0)
            throw Problem.Invalid("messages holds nothing new: no question at its end, and no result that the thread waits for.");
        var asked = thread.Last!.Opening;
        if (asked.User != exchange.Caller.User)
            throw Problem.Forbidden("Only who started the turn may answer for it.");
        var turn = New(exchange, request with { Model = request.Model ?? asked.Model }, thread, "", []);
        return turn with
        {
            Tools = request.Tools.Count > 0 || asked.Tools is not { } kept ? request.Tools : NativeRequestReader.ReadTools(kept),
            ToolsJson = request.ToolsJson ?? asked.Tools,
            Metadata = Origin(request, []) with { Results = owed.DistinctBy(static given => given.Result.Id).ToDictionary(static given => given.Result.Id, static given => given.Message) } is var origin ? origin.ToMetadata() : null,
            Continues = new Continuation(asked.Turn, [.. owed.Select(static given => Given(given.Result))]),
        };
    }

    private static TurnRequest New(Exchange exchange, AgUiRequest request, AgUiThread thread, string message, IReadOnlyList<string> names)
    {
        var resolution = exchange.Engine.Models.Resolve(request.Model);
        var model = resolution.Model ?? throw Problem.Invalid(resolution.Problem!);
        return new TurnRequest(exchange.Caller.Tenant, exchange.Caller.User, thread.Key.Conversation, message, model)
        {
            Tools = request.Tools,
            ToolsJson = request.ToolsJson,
            IfActive = request.IfActive,
            Metadata = Origin(request, names).ToMetadata(),
        };
    }

    private static AgUiOrigin Origin(AgUiRequest request, IReadOnlyList<string> names) => AgUiOrigin.None with { Thread = request.Thread, Run = request.Run, Messages = names };

    private static IEnumerable<ChatMessage> Surroundings(AgUiRequest request) => request.Surroundings.Length > 0 ? [ChatMessage.Of(ChatRole.System, request.Surroundings)] : [];

    private static GivenResult Given(ToolResultPart result)
    {
        if (result.IsError && result.Result.Length > ToolLimits.MaxErrorLength)
            throw Problem.Invalid($"The error of a tool may have at most {ToolLimits.MaxErrorLength} characters.");
        if (Encoding.UTF8.GetByteCount(result.Result) > ToolLimits.MaxResultBytes)
            throw Problem.Invalid($"A result may have at most {ToolLimits.MaxResultBytes} bytes.");
        return result.IsError ? new GivenResult(result.Id, null, result.Result) : new GivenResult(result.Id, JsonElement.Parse(result.Result), null);
    }

    private static void RequireText(Exchange exchange, ChatMessage? question)
    {
        if (question is null)
            return;
        string text = RequestJson.Text(question);
        if (string.IsNullOrWhiteSpace(text) && question.Parts.All(static part => part is TextPart))
            throw Problem.Invalid("The last message is empty.");
        if (Encoding.UTF8.GetByteCount(text) > exchange.Engine.Options.MaxMessageBytes)
            throw new Problem(StatusCodes.Status413PayloadTooLarge, "too_large", $"The message may have at most {exchange.Engine.Options.MaxMessageBytes} bytes.");
    }
}
