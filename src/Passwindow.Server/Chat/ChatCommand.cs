using System.CommandLine;
using System.CommandLine.Parsing;
using Passwindow.Client;
using Spectre.Console;

namespace Passwindow.Server.Chat;

/// <summary><c>passwindow chat</c>: talks with a running server in the terminal. With a message, or one on standard input, it answers that and ends.</summary>
internal static class ChatCommand
{
    private const string DefaultServer = "http://127.0.0.1:5280/chat";

    public static Command Create()
    {
        var message = new Argument<string[]>("message") { Description = "What to say. Without it, and with a terminal, a conversation begins.", Arity = ArgumentArity.ZeroOrMore };
        var server = new Option<Uri>("--server") { Description = $"Where the server's endpoints are. Default {DefaultServer}.", DefaultValueFactory = static _ => new Uri(DefaultServer), CustomParser = ReadServer };
        var model = new Option<string?>("--model") { Description = "The model, provider/name. Default: the server's." };
        var conversation = new Option<string?>("--conversation") { Description = "The conversation to continue. Default: a new one." };
        var command = new Command("chat", "Talks with a running server in the terminal.") { message, server, model, conversation };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetValue(server)!,
            string.Join(' ', parsed.GetValue(message) ?? []),
            new ChatPlace { Model = parsed.GetValue(model), Conversation = parsed.GetValue(conversation) },
            cancellation));
        return command;
    }

    private static Uri? ReadServer(ArgumentResult given)
    {
        if (Uri.TryCreate(given.Tokens is [{ Value: var text }] ? text : null, UriKind.Absolute, out var server) && server.Scheme is "http" or "https")
            return server;
        given.AddError($"--server must be the address of a server's endpoints, such as {DefaultServer}.");
        return null;
    }

    private static async Task<int> RunAsync(Uri server, string message, ChatPlace place, CancellationToken cancellation)
    {
        using var client = new PasswindowChatClient(server);
        using var conversations = new ConversationList(server);
        var chat = new TerminalChat(client, conversations, new Terminal(AnsiConsole.Console), place);
        if (message.Length == 0 && Console.IsInputRedirected)
            message = (await Console.In.ReadToEndAsync(cancellation)).Trim();
        if (message.Length > 0)
            return await chat.SayAsync(message, cancellation) ? 0 : 1;
        await chat.RunAsync(cancellation);
        return 0;
    }
}
