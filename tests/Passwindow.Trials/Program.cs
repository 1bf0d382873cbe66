using System.CommandLine;
using Passwindow.Trials;

var root = new RootCommand("Trials of the real program. Each prints what it counted and ends with 0 only if nothing failed.");
TrialCommands.AddTo(root);
return await root.Parse(args).InvokeAsync();
