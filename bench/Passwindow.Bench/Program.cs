using System.CommandLine;
using Passwindow.Bench;

var root = new RootCommand("Measures. Build it with -c Release, on a machine that does nothing else.");
root.Subcommands.Add(JournalCommand.Create());
return await root.Parse(args).InvokeAsync();
