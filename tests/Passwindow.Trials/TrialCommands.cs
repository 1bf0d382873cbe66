using System.CommandLine;
using Passwindow.Trials.Trials;

namespace Passwindow.Trials;

/// <summary>The commands: one for each trial, and one that runs all of them.</summary>
internal static class TrialCommands
{
    private static readonly Option<int> Trials = new("--trials") { Description = "How many.", DefaultValueFactory = static _ => 10 };
    private static readonly Option<int> Seed = new("--seed") { Description = "Repeats a run, as far as a race can be.", DefaultValueFactory = static _ => Random.Shared.Next() };
    private static readonly Option<FileInfo?> Report = new("--report") { Description = "Adds what was counted to this file, as Markdown." };

    public static void AddTo(RootCommand root)
    {
        Add(root, "kill", "T1: kills the server in the middle of its turns.", KillTrial.RunAsync);
    }

    private static void Add(RootCommand root, string name, string description, Func<TrialSettings, Task<TrialReport>> run)
    {
        var command = new Command(name, description) { Trials, Seed, Report };
        command.SetAction(async (parsed, _) =>
        {
            var settings = new TrialSettings(parsed.GetValue(Trials), parsed.GetValue(Seed));
            Console.WriteLine($"{name}: seed {settings.Seed}");
            return await FinishAsync(await run(settings), parsed.GetValue(Report));
        });
        root.Subcommands.Add(command);
    }

    private static async Task<int> FinishAsync(TrialReport report, FileInfo? file)
    {
        report.Print();
        if (file is not null)
            await File.AppendAllTextAsync(file.FullName, report.ToMarkdown() + "\n");
        return report.Failed == 0 ? 0 : 1;
    }
}
