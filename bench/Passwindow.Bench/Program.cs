using System.CommandLine;
using Passwindow.Bench;
using Passwindow.Bench.Micro;
using Passwindow.Bench.Profile;
using Passwindow.Bench.Relay;

var root = new RootCommand("Measures. Build it with -c Release, on a machine that does nothing else.");
root.Subcommands.Add(JournalCommand.Create());
root.Subcommands.Add(RelayCommand.Create());
root.Subcommands.Add(MicroCommand.Create());
root.Subcommands.Add(ProfileCommand.Create());

// Whoever interrupts it waits until all that it started has ended.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
