using System.Net;
using System.Net.Sockets;
using Passwindow.Trials.Load;
using Passwindow.Trials.Server;

namespace Passwindow.Trials.Trials;

/// <summary>T10: 500 idle connections against a process that may have 400 descriptors. It lives, and its turns go on to be written and shown.</summary>
internal static class DescriptorsTrial
{
    private const int Limit = 400;
    private const int Flood = 500;
    private static readonly TimeSpan RecoversWithin = TimeSpan.FromSeconds(2);

    public static async Task<TrialReport> RunAsync(TrialSettings settings)
    {
        var report = new TrialReport("T10 descriptors gone");
        var recovered = new List<TimeSpan>();
        for (int i = 0; i < settings.Count; i++)
            report.Count(await RunOneAsync(settings, i, recovered));
        report.State("flood", $"{Flood} idle connections for 2.5 s, at most {Limit} descriptors, 6 turns with 2 viewers each");
        report.State("answers again after the flood", recovered);
        return report;
    }

    private static async Task<List<string>> RunOneAsync(TrialSettings settings, int trial, List<TimeSpan> recovered)
    {
        string folder = TrialSettings.MakeFolder();
        var violations = new List<string>();
        try
        {
            await using var load = new TrialLoad(settings.Random, $"o{trial}");
            await using (var server = await ServerProcess.StartAsync(folder, load.Upstream.Address, ["sh", "-c", $"ulimit -n {Limit}; exec \"$@\"", "sh"]))
            {
                await load.StartTurnsAsync(server.Address, 6, 2);
                await load.SeeAsync(30, server);
                var flood = await FloodAsync(server.Address);
                int before = load.SeenCount;
                await Task.Delay(2_500);
                if (server.HasExited)
                    violations.Add($"T10: the server died: {server.Output}");
                if (load.SeenCount - before < 100)
                    violations.Add($"T10: viewers saw only {load.SeenCount - before} events during the flood.");
                foreach (var socket in flood)
                    socket.Dispose();
                long over = TimeProvider.System.GetTimestamp();
                while (!await AnswersAsync(load, server) && TimeProvider.System.GetElapsedTime(over) < RecoversWithin)
                    await Task.Delay(10);
                recovered.Add(TimeProvider.System.GetElapsedTime(over));
                if (recovered[^1] >= RecoversWithin)
                    violations.Add("T10: it does not answer after the flood.");
            }

            await load.AllLeftAsync();
            violations.AddRange(await FailedJournal.RestartAndJudgeAsync(load, folder));
            return violations;
        }
        catch (Exception e) when (e is TimeoutException or TrialException)
        {
            return [.. violations, $"T10: {e.Message}"];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<List<Socket>> FloodAsync(Uri server)
    {
        var sockets = new List<Socket>();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        for (int i = 0; i < Flood; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            sockets.Add(socket);
            try
            {
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.Port), limit.Token);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // Refused is what it should be.
            }
        }

        return sockets;
    }

    private static async Task<bool> AnswersAsync(TrialLoad load, ServerProcess server)
    {
        try
        {
            return await load.StatusAsync(new Uri(server.Address, "readyz")) == 200;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
