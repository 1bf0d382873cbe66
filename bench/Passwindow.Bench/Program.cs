using Passwindow.Bench;

// dotnet run -c Release --project bench/Passwindow.Bench -- [FOLDER]
string folder = Path.GetFullPath(args.Length > 0 ? args[0] : Path.Combine(Path.GetTempPath(), "passwindow-bench"));
Directory.CreateDirectory(folder);
Console.WriteLine($"{Environment.ProcessorCount} cores, {System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription}, {folder}");
if (args.Contains("recover"))
{
    await JournalBench.RecoverAsync(folder, megabytes: 100);
    return;
}

JournalBench.BareSync(folder);
await JournalBench.FlatOutAsync(folder, writers: 1, perCommit: 1, seconds: 5);
await JournalBench.FlatOutAsync(folder, writers: 100, perCommit: 1, seconds: 5);
await JournalBench.FlatOutAsync(folder, writers: 1_000, perCommit: 1, seconds: 10);
await JournalBench.FlatOutAsync(folder, writers: 1_000, perCommit: 16, seconds: 10);
await JournalBench.PacedAsync(folder, turns: 200, perSecond: 20, seconds: 10);
await JournalBench.PacedAsync(folder, turns: 2_000, perSecond: 20, seconds: 20);
await JournalBench.RecoverAsync(folder, megabytes: 100);
