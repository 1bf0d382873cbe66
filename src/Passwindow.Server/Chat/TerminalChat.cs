using System.Globalization;
using Microsoft.Extensions.AI;
using Passwindow.Client;
using Spectre.Console;

namespace Passwindow.Server.Chat;

/// <summary>A chat in the terminal: reads a line, shows the answer as it comes, and again. Ctrl+C stops an answer, and between two ends the chat.</summary>
internal sealed class TerminalChat(PasswindowChatClient client, ConversationList conversations, Terminal terminal, ChatPlace place)
{
    private const string Help = """
        /new           a new conversation
        /open          choose one of the newest conversations
        /again         have the last message answered anew
        /model NAME    ask another model; without a name, the server's default
        /quit          leave; so does Ctrl+C between two answers
        1, 2, 3        ask what was suggested
        Ctrl+C         stops the answer that is coming
        """;

    /// <summary>Talks until the person leaves.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        terminal.Whisper("/help says what else can be typed here.");
        terminal.Line();
        while (!cancellation.IsCancellationRequested)
        {
            terminal.Console.Markup("[bold]>[/] ");
            if (Console.ReadLine() is not { } line)
                return;
            switch (line.Trim().Split(' ', 2, StringSplitOptions.TrimEntries))
            {
                case [""]:
                    break;
                case ["/quit" or "/exit"]:
                    return;
                case ["/help" or "/?"]:
                    terminal.Whisper(Help);
                    terminal.Line();
                    break;
                case ["/new"]:
                    (place.Conversation, place.LastTurn, place.Suggestions) = (null, null, []);
                    break;
                case ["/model", .. var name]:
                    place.Model = name is [{ Length: > 0 } given] ? given : null;
                    break;
                case ["/open"]:
                    await OpenAsync(cancellation);
                    break;
                case ["/again"] when place.LastTurn is { } last:
                    await ShowAsync(stop => client.RegenerateAsync(last, new ChatOptions { ModelId = place.Model }, stop), cancellation);
                    break;
                case [['/', ..] unknown, ..]:
                    terminal.Warn($"There is no {unknown} here. /help says what there is.");
                    break;
                default:
                    await SayAsync(Suggested(line.Trim()) ?? line.Trim(), cancellation);
                    break;
            }
        }
    }

    /// <summary>Says something and shows the answer; false if it failed.</summary>
    public Task<bool> SayAsync(string message, CancellationToken cancellation) => AskAsync([new ChatMessage(ChatRole.User, message)], cancellation);

    private Task<bool> AskAsync(IReadOnlyList<ChatMessage> messages, CancellationToken cancellation) => ShowAsync(
        stop => client.GetStreamingResponseAsync(messages, new ChatOptions { ModelId = place.Model, ConversationId = place.Conversation }, stop), cancellation);

    private async Task<bool> ShowAsync(Func<CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> ask, CancellationToken cancellation)
    {
        var answer = new TerminalAnswer(terminal);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        void stop(object? sender, ConsoleCancelEventArgs pressed)
        {
            pressed.Cancel = true;
            stopping.Cancel();
        }

        Console.CancelKeyPress += stop;
        try
        {
            await foreach (var update in ask(stopping.Token))
                answer.Show(update);
            return await KeepAsync(answer, cancellation);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            answer.BreakLine();
            terminal.Whisper("Stopped.");
            terminal.Line();
            Remember(answer);
            return true;
        }
        catch (PasswindowException e)
        {
            answer.BreakLine();
            terminal.Warn(e.Message);
            Remember(answer);
            return false;
        }
        finally
        {
            Console.CancelKeyPress -= stop;
        }
    }

    private async Task<bool> KeepAsync(TerminalAnswer answer, CancellationToken cancellation)
    {
        Remember(answer);
        if (answer.Approval is not { } asked)
            return true;
        bool approved = !Console.IsInputRedirected && terminal.Console.Confirm("May it run?", defaultValue: false);
        return await AskAsync([new ChatMessage(ChatRole.User, [asked.CreateResponse(approved)])], cancellation);
    }

    private void Remember(TerminalAnswer answer)
    {
        place.Conversation = answer.Conversation ?? place.Conversation;
        place.LastTurn = answer.Turn ?? place.LastTurn;
        place.Suggestions = answer.Suggestions;
    }

    private string? Suggested(string line) =>
        int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= place.Suggestions.Count ? place.Suggestions[number - 1] : null;

    private async Task OpenAsync(CancellationToken cancellation)
    {
        try
        {
            var newest = await conversations.NewestAsync(cancellation);
            if (newest.Count == 0)
            {
                terminal.Whisper("There is no conversation yet.");
                terminal.Line();
                return;
            }

            var prompt = new SelectionPrompt<(string Id, string Title)> { Title = "Which conversation?", Converter = static each => Markup.Escape(Terminal.Plain(each.Title)) }.AddChoices(newest);
            var chosen = terminal.Console.Prompt(prompt);
            (place.Conversation, place.LastTurn, place.Suggestions) = (chosen.Id, null, []);
            foreach (var (role, text, turn) in await conversations.ReadAsync(chosen.Id, cancellation))
            {
                if (role == "user")
                    terminal.Whisper($"> {text}\n");
                else
                    terminal.Say($"{text}\n");
                place.LastTurn = turn;
            }
        }
        catch (HttpRequestException e)
        {
            terminal.Warn($"The server cannot be reached: {e.Message}");
        }
    }
}
