using System.CommandLine;
using Passwindow.Bench;
using Passwindow.Bench.Relay;

var root = new RootCommand("Measures. Build it with -c Release, on a machine that does nothing else.");
root.Subcommands.Add(JournalCommand.Create());
root.Subcommands.Add(RelayCommand.Create());
return await root.Parse(args).InvokeAsync();
