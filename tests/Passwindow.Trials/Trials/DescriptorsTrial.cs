using System.Net;
using System.Net.Sockets;
using Passwindow.Trials.Load;
using Passwindow.Trials.Server;

namespace Passwindow.Trials.Trials;

/// <summary>
/// T10: with 400 descriptors the server does not start, and says why. With the fewest it accepts, it is flooded with more connections than it
/// may have descriptors: it lives, and its turns go on to be written and shown.
/// </summary>
internal static class DescriptorsTrial
{
    private const int TooFew = 400;
    private const int Limit = 1024;
    private const int Flood = 1500;
    private static readonly TimeSpan RecoversWithin = TimeSpan.FromSeconds(2);

    public static async Task<TrialReport> RunAsync(TrialSettings settings)
    {
        var report = new TrialReport("T10 descriptors gone");
        var recovered = new List<TimeSpan>();
        for (int i = 0; i < settings.Count; i++)
            report.Count([.. await RefusedAsync(), .. await RunOneAsync(settings, i, recovered)]);
        report.State("flood", $"{Flood} idle connections for 2.5 s, at most {Limit} descriptors, 6 turns with 2 viewers each; refused with {TooFew}");
        report.State("answers again after the flood", recovered);
        return report;
    }

    private static string[] WithDescriptors(int limit) => ["sh", "-c", $"ulimit -n {limit}; exec \"$@\"", "sh"];

    private static async Task<List<string>> RefusedAsync()
    {
        string folder = TrialSettings.MakeFolder();
        try
        {
            await using var server = ServerProcess.Begin(folder, new Uri("http://127.0.0.1:1/"), WithDescriptors(TooFew));
            if (await server.ReadyAsync())
                return [$"T10: it starts with {TooFew} descriptors."];
            await server.WaitForExitAsync();
            return server.Output.Contains($"{TooFew} open files", StringComparison.Ordinal) ? [] : [$"T10: its refusal says: {server.Output}"];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<List<string>> RunOneAsync(TrialSettings settings, int trial, List<TimeSpan> recovered)
    {
        string folder = TrialSettings.MakeFolder();
        var violations = new List<string>();
        try
        {
            await using var load = new TrialLoad(settings.Random, $"o{trial}");
            await using (var server = await ServerProcess.StartAsync(folder, load.Upstream.Address, WithDescriptors(Limit)))
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
