using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Passwindow.Bench.Load;

namespace Passwindow.Bench.Relay;

/// <summary>The process that is provider and viewers at once.</summary>
internal sealed class LoadProcess : IAsyncDisposable
{
    private readonly Process _process;

    private LoadProcess(Process process, int port)
    {
        _process = process;
        ProviderPort = port;
    }

    public int ProviderPort { get; }

    public static async Task<LoadProcess> StartAsync()
    {
        var process = Pinned.Start(Pinned.LoadCore, ["dotnet", Path.Combine(AppContext.BaseDirectory, "Passwindow.Bench.Load.dll")], withInput: true);
        string? port = await process.StandardOutput.ReadLineAsync();
        return new LoadProcess(process, int.Parse(port ?? throw new InvalidOperationException("The load did not start."), CultureInfo.InvariantCulture));
    }

    public async Task<LoadResult> RunAsync(LoadCommand command, CancellationToken cancellation)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(command).AsMemory(), cancellation);
        await _process.StandardInput.FlushAsync(cancellation);
        string? line = await _process.StandardOutput.ReadLineAsync(cancellation);
        return JsonSerializer.Deserialize<LoadResult>(line ?? throw new InvalidOperationException("The load ended."))!;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close(); // that ends it
        if (!_process.WaitForExit(5_000))
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
