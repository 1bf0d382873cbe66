using System.Text.Json;
using Passwindow.Trials.Server;

namespace Passwindow.Trials.Load;

/// <summary>Turns with viewers against a server that may die at any moment.</summary>
internal sealed class TrialLoad : IAsyncDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(10) }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly List<TrialTurn> _turns = [];
    private readonly List<Task> _watching = [];
    private readonly Random _random;
    private readonly string _prefix;
    private int _count;

    public TrialLoad(Random random, string prefix)
    {
        _random = random;
        _prefix = prefix;
    }

    public TrialUpstream Upstream { get; } = new();

    /// <summary>What stands in every token behind its nonce: to fill a disk sooner.</summary>
    public string Padding { get; set; } = "";

    public IReadOnlyList<TrialTurn> Turns
    {
        get
        {
            lock (_turns)
                return [.. _turns];
        }
    }

    /// <summary>How many events all viewers saw.</summary>
    public int SeenCount => Turns.Sum(static turn => turn.Viewers.Sum(static viewer => viewer.Seen.Count));

    /// <summary>Starts one turn with viewers; completes when it is named, or cannot be. Viewers watch on.</summary>
    public async Task<TrialTurn> StartTurnAsync(Uri server, int viewers, int tokens)
    {
        var turn = new TrialTurn($"{_prefix}x{Interlocked.Increment(ref _count)}", tokens, Padding);
        Upstream.Add(turn);
        var first = new TrialViewer(turn, _http);
        turn.Viewers.Add(first);
        lock (_turns)
            _turns.Add(turn);
        var named = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        Watch(first.StartAsync(server, named));
        if (!await named.Task)
            return turn;
        for (int i = 1; i < viewers; i++)
        {
            var viewer = new TrialViewer(turn, _http);
            turn.Viewers.Add(viewer);
            Watch(viewer.FollowAsync(server));
        }

        return turn;
    }

    /// <summary>Starts turns, a third of which are so short that they end by themselves.</summary>
    public Task StartTurnsAsync(Uri server, int turns, int viewers, int longest = 10_000) =>
        Task.WhenAll(Enumerable.Range(0, turns).Select(i => StartTurnAsync(server, viewers, i % 3 == 0 ? _random.Next(1, 12) : longest)));

    /// <summary>Stops a turn, and keeps the receipt if one comes.</summary>
    public async Task StopAsync(Uri server, TrialTurn turn)
    {
        try
        {
            using var response = await _http.PostAsync(new Uri(server, $"chat/turns/{turn.Id}/stop"), content: null);
            if (!response.IsSuccessStatusCode)
                return;
            using var receipt = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
            turn.StopReceipt = (receipt.RootElement.GetProperty("last_seq").GetInt64(), receipt.RootElement.GetProperty("finish_reason").GetString()!);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
        {
            // No receipt, no promise.
        }
    }

    /// <summary>Waits until the viewers have seen that many events in all.</summary>
    /// <exception cref="TimeoutException">They did not within half a minute.</exception>
    public async Task SeeAsync(int events, ServerProcess server)
    {
        for (int i = 0; SeenCount < events; i++)
        {
            if (server.HasExited)
                throw new TrialException($"The server ended: {server.Output}");
            if (i > 3_000)
                throw new TimeoutException($"Only {SeenCount} of {events} events were seen.");
            await Task.Delay(10);
        }
    }

    /// <summary>Waits until every viewer's connection has ended.</summary>
    public async Task AllLeftAsync()
    {
        Task[] watching;
        lock (_watching)
        {
            watching = [.. _watching];
            _watching.Clear();
        }

        await Task.WhenAll(watching).WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>Has every viewer that has not seen the end come back with its last id, and waits until it has.</summary>
    public async Task ComeBackAsync(Uri server)
    {
        var back = Turns.Where(static turn => turn.Id is not null).SelectMany(static turn => turn.Viewers).Where(static viewer => !viewer.HasEnded);
        await Task.WhenAll(back.Select(viewer => viewer.FollowAsync(server))).WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>The status of an answer.</summary>
    public async Task<int> StatusAsync(Uri address, HttpMethod? method = null, string? json = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, address);
        if (json is not null)
            request.Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        using var response = await _http.SendAsync(request).WaitAsync(TimeSpan.FromSeconds(10));
        return (int)response.StatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Upstream.DisposeAsync();
    }

    private void Watch(Task watching)
    {
        lock (_watching)
            _watching.Add(watching);
    }
}
