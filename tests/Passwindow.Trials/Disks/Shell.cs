using System.Diagnostics;

namespace Passwindow.Trials.Disks;

/// <summary>Runs the system's own tools.</summary>
internal static class Shell
{
    /// <summary>Runs a command and returns what it wrote.</summary>
    /// <exception cref="TrialException">It failed.</exception>
    public static async Task<string> RunAsync(params string[] command)
    {
        var (code, output) = await TryAsync(command);
        return code == 0 ? output : throw new TrialException($"{string.Join(' ', command)}: {output}");
    }

    public static async Task<(int Code, string Output)> TryAsync(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        string error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + error);
    }

    /// <summary>What is missing to run a trial that needs root and these commands; null for nothing.</summary>
    public static string? Missing(bool root, params string[] commands)
    {
        string[] folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/sbin", "/sbin"];
        string[] missing = [.. commands.Where(command => !folders.Any(folder => File.Exists(Path.Combine(folder, command))))];
        if (root && Environment.UserName != "root")
            return "it needs root";
        return missing.Length == 0 ? null : $"{string.Join(", ", missing)} is missing";
    }
}
