using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Passwindow.Trials.Server;

/// <summary>The real program as a process of its own. Whatever happens, it is killed by its own id when this is disposed.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    /// <summary>How long a start may take before the trial gives up on it.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private const string Announcement = "Passwindow serves on ";

    private readonly Process _process;
    private readonly bool _isWrapped;
    private readonly List<string> _lines = [];
    private readonly TaskCompletionSource<Uri?> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _begun = TimeProvider.System.GetTimestamp();

    private ServerProcess(Process process, bool isWrapped)
    {
        _process = process;
        _isWrapped = isWrapped;
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.Exited += (_, _) => _ready.TrySetResult(null);
        process.EnableRaisingEvents = true;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Where it serves, with a slash at the end; set once it is ready.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1/");

    /// <summary>From the start of the process to the line that says where it serves.</summary>
    public TimeSpan ReadyAfter { get; private set; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>Everything it wrote to its console.</summary>
    public string Output
    {
        get
        {
            lock (_lines)
                return string.Join('\n', _lines);
        }
    }

    /// <summary>Starts it and does not wait. <paramref name="wrapper"/> stands before the command: <c>strace …</c>.</summary>
    public static ServerProcess Begin(string folder, Uri upstream, string[]? wrapper = null, params string[] settings)
    {
        string[] command =
        [
            .. wrapper ?? [],
            "dotnet", Path.Combine(AppContext.BaseDirectory, "Passwindow.Server.dll"), "serve",
            "--urls=http://127.0.0.1:0",
            $"--Passwindow:Journal={folder}",
            "--Passwindow:Providers:model:Type=OpenAI",
            $"--Passwindow:Providers:model:BaseUrl={upstream}v1",
            "--Passwindow:Providers:model:Models=scripted",
            .. settings,
        ];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_TieredPGO"] = "0"; // it starts sooner, and lives a second
        return new ServerProcess(Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} did not start."), wrapper is not null);
    }

    /// <summary>Starts it and waits until it serves.</summary>
    /// <exception cref="TrialException">It ended instead.</exception>
    public static async Task<ServerProcess> StartAsync(string folder, Uri upstream, string[]? wrapper = null, params string[] settings)
    {
        var server = Begin(folder, upstream, wrapper, settings);
        if (await server.ReadyAsync())
            return server;
        string output = server.Output;
        await server.DisposeAsync();
        throw new TrialException($"The server did not start: {output}");
    }

    /// <summary>Waits until it serves; false if it ended instead.</summary>
    public async Task<bool> ReadyAsync() => await _ready.Task.WaitAsync(StartLimit) is not null;

    /// <summary>The id of the server itself: that of the wrapper's child, if it has one.</summary>
    public int ServerId => _isWrapped ? ChildOf(Id) ?? Id : Id;

    /// <summary>Kills it as a power cut would: no handler of its own runs.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            Signal(ServerId, Kill);
            if (_isWrapped)
            {
                try
                {
                    await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
                }
                catch (TimeoutException)
                {
                    Signal(Id, Kill);
                }
            }
        }

        await _process.WaitForExitAsync();
    }

    public void Pause() => Signal(ServerId, Stop);

    public void Resume() => Signal(ServerId, Continue);

    /// <summary>Waits for its own end.</summary>
    public Task WaitForExitAsync() => _process.WaitForExitAsync();

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null)
            return;
        lock (_lines)
            _lines.Add(line);
        if (!line.StartsWith(Announcement, StringComparison.Ordinal))
            return;
        ReadyAfter = TimeProvider.System.GetElapsedTime(_begun);
        Address = new Uri(line[Announcement.Length..].Split(',')[0] + "/");
        _ready.TrySetResult(Address);
    }

    private static int? ChildOf(int id)
    {
        string path = $"/proc/{id}/task/{id}/children";
        return File.Exists(path) && int.TryParse(File.ReadAllText(path).Split(' ')[0], out int child) ? child : null;
    }

    private const int Kill = 9;      // SIGKILL
    private const int Continue = 18; // SIGCONT
    private const int Stop = 19;     // SIGSTOP

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int id, int signal);

    // One that is gone needs none.
    private static void Signal(int id, int signal) => _ = SendSignal(id, signal);
}
