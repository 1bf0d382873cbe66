using System.Diagnostics;

namespace Passwindow.Tests.Tools;

/// <summary>The MCP servers of <c>tests/npm</c>, installed once into the user's cache folder, exactly as its lock file says.</summary>
internal static class NodeServers
{
    private static readonly Lazy<(string? Command, string Reason)> Installed = new(Install);

    /// <summary>The command that starts the protocol's reference server.</summary>
    public static string Everything
    {
        get
        {
            Xunit.Assert.SkipWhen(Installed.Value.Command is null, Installed.Value.Reason);
            return Installed.Value.Command!;
        }
    }

    private static (string? Command, string Reason) Install()
    {
        if (Run("node", "--version") is null || Run("npm", "--version") is null)
            return (null, "node or npm is not installed.");
        string source = Path.Combine(Root(), "tests", "npm");
        byte[] name = System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Path.Combine(source, "package-lock.json")));
        string folder = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "passwindow-tests", Convert.ToHexStringLower(name)[..16]);
        if (!Directory.Exists(folder))
        {
            // Aside, then into place at once: another suite may be installing too.
            string aside = $"{folder}-{Guid.NewGuid():N}";
            Directory.CreateDirectory(aside);
            foreach (string file in new[] { "package.json", "package-lock.json" })
                File.Copy(Path.Combine(source, file), Path.Combine(aside, file));
            if (Run("npm", "ci --ignore-scripts --no-audit --no-fund", aside) is not 0)
                throw new InvalidOperationException($"npm ci failed in {aside}.");
            try
            {
                Directory.Move(aside, folder);
            }
            catch (IOException) when (Directory.Exists(folder))
            {
                Directory.Delete(aside, recursive: true);
            }
        }

        return ($"node '{folder}/node_modules/@modelcontextprotocol/server-everything/dist/index.js' stdio", "");
    }

    private static string Root()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Passwindow.slnx")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("The tests do not run within the repository.");
        return folder;
    }

    private static int? Run(string program, string arguments, string? folder = null)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder ?? "", RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.OutputDataReceived += static (_, _) => { };
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // there is no such program
        }
    }
}
