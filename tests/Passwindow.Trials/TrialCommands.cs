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
        Add(root, "kill-in-recovery", "T2: kills the server inside its recovery, up to five times in a row.", KillInRecoveryTrial.RunAsync);
        Add(root, "sync-fails", "T5: a sync fails. Needs root and strace.", SyncFailsTrial.RunAsync);
        Add(root, "disk-full", "T7: the disk is full. Needs root.", DiskFullTrial.RunAsync);
        Add(root, "slow-disk", "T8: syncs take long. Needs strace.", SlowDiskTrial.RunAsync);
        Add(root, "two-servers", "T9: two servers on one folder.", TwoServersTrial.RunAsync);
        Add(root, "descriptors", "T10: a flood of connections on a process with few descriptors.", DescriptorsTrial.RunAsync);
        root.Subcommands.Add(All());
        var fileSystem = new Option<string>("--file-system") { Description = "ext4, btrfs or xfs.", DefaultValueFactory = static _ => "ext4" };
        var durability = new Option<string>("--durability") { Description = "fsync; with os the judge must find losses.", DefaultValueFactory = static _ => "fsync" };
        Add(root, "power", "T3: cuts the power. Needs root and loop devices.", (settings, parsed) => PowerTrial.RunAsync(settings, parsed.GetValue(fileSystem)!, parsed.GetValue(durability)!), fileSystem, durability);
    }

    private static Command All()
    {
        var quick = new Option<bool>("--quick") { Description = "Very few, in less than 25 s; otherwise some, in less than 5 min." };
        var command = new Command("all", "A few of every trial. What this machine lacks is left out.") { quick, Seed };
        command.SetAction((parsed, _) => AllTrials.RunAsync(parsed.GetValue(quick), parsed.GetValue(Seed)));
        return command;
    }

    private static void Add(RootCommand root, string name, string description, Func<TrialSettings, Task<TrialReport>> run) =>
        Add(root, name, description, (settings, _) => run(settings));

    private static void Add(RootCommand root, string name, string description, Func<TrialSettings, ParseResult, Task<TrialReport>> run, params Option[] options)
    {
        var command = new Command(name, description) { Trials, Seed, Report };
        foreach (var option in options)
            command.Options.Add(option);
        command.SetAction(async (parsed, _) =>
        {
            var settings = new TrialSettings(parsed.GetValue(Trials), parsed.GetValue(Seed));
            Console.WriteLine($"{name}: seed {settings.Seed}");
            return await FinishAsync(await run(settings, parsed), parsed.GetValue(Report));
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
