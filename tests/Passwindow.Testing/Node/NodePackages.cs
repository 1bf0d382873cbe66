using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;

namespace Passwindow.Testing.Node;

/// <summary>npm packages for tests, installed once into the user's cache folder, exactly as a lock file of the repository says.</summary>
public sealed class NodePackages
{
    private NodePackages(string folder) => Folder = folder;

    /// <summary>Where <c>node_modules</c> stands.</summary>
    public string Folder { get; }

    /// <summary>Installs what <c>package-lock.json</c> in a folder of the repository names; null on a machine without node and npm.</summary>
    /// <exception cref="InvalidOperationException">npm could not install it.</exception>
    public static NodePackages? Install(string source)
    {
        if (Run("node", "--version") is null || Run("npm", "--version") is null)
            return null;
        string folder = Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create),
            "passwindow-tests",
            Name(File.ReadAllBytes(Path.Combine(source, "package-lock.json"))));
        Place(folder, aside =>
        {
            foreach (string file in new[] { "package.json", "package-lock.json" })
                File.Copy(Path.Combine(source, file), Path.Combine(aside, file));
            if (Run("npm", "ci --ignore-scripts --no-audit --no-fund", aside) is not 0)
                throw new InvalidOperationException($"npm ci failed in {aside}.");
        });
        return new NodePackages(folder);
    }

    /// <summary>
    /// Copies the scripts below <paramref name="source"/> beside <c>node_modules</c>, from where they can import it, into a folder named by
    /// their content.
    /// </summary>
    /// <returns>The folder.</returns>
    public string Bring(string source)
    {
        string[] scripts = [.. Directory.EnumerateFiles(source, "*.mjs", SearchOption.AllDirectories)
            .Where(static path => !path.Contains("node_modules", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        string folder = Path.Combine(Folder, "scripts-" + Name([.. scripts.SelectMany(static path => (byte[])[.. System.Text.Encoding.UTF8.GetBytes(path), .. File.ReadAllBytes(path)])]));
        Place(folder, aside =>
        {
            foreach (string script in scripts)
            {
                string copy = Path.Combine(aside, Path.GetRelativePath(source, script));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(script, copy);
            }
        });
        return folder;
    }

    private static string Name(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content))[..16];

    // Filled aside, then moved into place at once: another suite may be at it too.
    private static void Place(string folder, Action<string> fill)
    {
        if (Directory.Exists(folder))
            return;
        string aside = $"{folder}-{Guid.NewGuid():N}";
        Directory.CreateDirectory(aside);
        fill(aside);
        try
        {
            Directory.Move(aside, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            Directory.Delete(aside, recursive: true);
        }
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
        catch (Win32Exception)
        {
            return null; // there is no such program
        }
    }
}
