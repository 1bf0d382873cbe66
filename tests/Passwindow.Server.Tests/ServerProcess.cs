using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using Passwindow.Testing;

namespace Passwindow.Server.Tests;

/// <summary>The program as its own process, on a free port. It sees no setting but those that are given.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    /// <summary>Longer than anything here takes, shorter than a person waits for a test that hangs.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    private const string Greeting = "Passwindow serves on ";

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource<Uri> _serves = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(string[] arguments, IEnumerable<(string Name, string Value)> environment)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Passwindow.Server.dll"), "--urls", "http://127.0.0.1:0", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (string name in start.Environment.Keys.Where(IsSetting).ToList())
            start.Environment.Remove(name);
        start.Environment["Passwindow__FindOllama"] = "false";
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Hear(line.Data);
        _process.ErrorDataReceived += (_, line) => Hear(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    /// <summary>Where it serves.</summary>
    public Uri Address => _serves.Task.Result;

    /// <summary>Everything it said so far.</summary>
    public string Output => string.Join('\n', _lines);

    /// <summary>Starts it and waits until it serves.</summary>
    public static async Task<ServerProcess> StartAsync(string folder, ScriptedUpstream? upstream, string[]? arguments = null, params (string Name, string Value)[] environment)
    {
        var server = new ServerProcess(
            [$"--Passwindow:Journal={folder}", .. arguments ?? []],
            [.. environment, .. upstream is null ? [] : ((string, string)[])[("OPENAI_API_KEY", "k"), ("OPENAI_BASE_URL", $"{upstream.BaseAddress}v1"), ("Passwindow__Model", "openai/m")]]);
        await server._serves.Task.WaitAsync(Patience);
        return server;
    }

    /// <summary>Runs it to its end, for what ends at once.</summary>
    public static async Task<(int Code, string Output)> RunAsync(string[] arguments, params (string Name, string Value)[] environment)
    {
        await using var server = new ServerProcess(arguments, environment);
        return (await server.ExitAsync(), server.Output);
    }

    /// <summary>Its exit code, once it has ended.</summary>
    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    /// <summary>SIGKILL: no line of it runs any more.</summary>
    public Task KillAsync()
    {
        _process.Kill();
        return ExitAsync();
    }

    /// <summary>SIGTERM: it is asked to end.</summary>
    public async Task TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{Id}"]);
        await kill.WaitForExitAsync();
    }

    public Task<EventStreamClient> AskAsync(string message = "Hi")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Address, "/chat"))
        {
            Content = new StringContent($$"""{"message":"{{message}}"}""", Encoding.UTF8, "application/json"),
            Headers = { Accept = { new MediaTypeWithQualityHeaderValue("text/event-stream") } },
        };
        return EventStreamClient.ConnectAsync(request).WaitAsync(Patience);
    }

    public Task<EventStreamClient> WatchAsync(string path, string? lastEventId = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Address, path));
        if (lastEventId is not null)
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        return EventStreamClient.ConnectAsync(request).WaitAsync(Patience);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    private void Hear(string? line)
    {
        if (line is null)
            return;
        _lines.Enqueue(line);
        if (line.StartsWith(Greeting, StringComparison.Ordinal))
            _serves.TrySetResult(new Uri(line[Greeting.Length..]));
    }

    private static bool IsSetting(string name) => ((string[])["OPENAI_", "ANTHROPIC_", "OLLAMA_", "PASSWINDOW", "ASPNETCORE_", "DOTNET_ENVIRONMENT", "URLS", "LOGGING"])
        .Any(start => name.StartsWith(start, StringComparison.OrdinalIgnoreCase));
}
