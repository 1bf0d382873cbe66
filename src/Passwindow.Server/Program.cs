using System.CommandLine;
using Passwindow.Server;
using Passwindow.Server.Chat;

InlineSockets.Prefer();
var root = new RootCommand("Passwindow: durable token streaming for LLM chat. Without a command it serves.");
root.Subcommands.Add(ServeCommand.Create());
root.Subcommands.Add(ChatCommand.Create());
root.Subcommands.Add(JournalCommand.Create());
return await root.Parse(ServeCommand.IsImplied(args) ? ["serve", .. args] : args).InvokeAsync();
