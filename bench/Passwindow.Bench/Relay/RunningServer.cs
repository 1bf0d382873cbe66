using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Passwindow.Bench.Relay;

/// <summary>A subject that serves. It is killed by its own id when this is disposed. Its folder stays until all is measured: ext4 searches long for room for a new
/// file where thousands have just been deleted, and that would be the next server's time.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private RunningServer(Subject subject, Process process, Place place)
    {
        Subject = subject;
        _process = process;
        Port = place.Port;
    }

    public Subject Subject { get; }

    public int Port { get; }

    /// <summary>Its processes; nginx has two.</summary>
    public int[] Processes => [_process.Id, .. File.ReadAllText($"/proc/{_process.Id}/task/{_process.Id}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];

    /// <summary>Starts it and waits until it takes connections.</summary>
    public static async Task<RunningServer> StartAsync(Subject subject, int provider, string folder)
    {
        var place = new Place(FreePort(), provider, Directory.CreateDirectory(Path.Combine(folder, $"{subject.Name.Replace(' ', '-')}-{Guid.NewGuid():N}")).FullName);
        await subject.Prepare(place);
        var process = Pinned.Start(Pinned.ServerCore, subject.Command(place));
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += (_, line) =>
        {
            if (!string.IsNullOrEmpty(line.Data))
                Console.Error.WriteLine($"[{subject.Name}] {line.Data}");
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var server = new RunningServer(subject, process, place);
        var begun = Stopwatch.StartNew();
        while (!await AnswersAsync(place.Port))
        {
            if (process.HasExited || begun.Elapsed > StartLimit)
            {
                await server.DisposeAsync();
                throw new InvalidOperationException($"{subject.Name} did not start: {string.Join(' ', subject.Command(place))}");
            }

            await Task.Delay(50);
        }

        return server;
    }

    public async ValueTask DisposeAsync()
    {
        // The first one first: nginx would start another worker for one that is killed.
        foreach (int process in _process.HasExited ? [] : Processes)
        {
            using var each = Process.GetProcessById(process);
            each.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<bool> AnswersAsync(int port)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
