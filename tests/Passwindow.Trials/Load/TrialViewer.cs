using System.Net;
using System.Text;
using System.Text.Json;
using Passwindow.Testing;

namespace Passwindow.Trials.Load;

/// <summary>A viewer of one turn over all its connections: writes down every event it is shown, in order, with the time.</summary>
internal sealed class TrialViewer(TrialTurn turn, HttpClient http)
{
    private readonly Lock _gate = new();
    private readonly List<SeenEvent> _seen = [];
    private readonly List<string> _notices = [];

    /// <summary>What it saw so far.</summary>
    public IReadOnlyList<SeenEvent> Seen
    {
        get
        {
            lock (_gate)
                return [.. _seen];
        }
    }

    /// <summary>What it was told that is no event of the turn: <c>error</c> and <c>done</c> without a number.</summary>
    public IReadOnlyList<string> Notices
    {
        get
        {
            lock (_gate)
                return [.. _notices];
        }
    }

    /// <summary>How many comments came: the heartbeats.</summary>
    public int Comments { get; private set; }

    /// <summary>When the last event or notice came.</summary>
    public long LastAt { get; private set; }

    /// <summary>Whether it saw the turn's end, or was told that nothing is left.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>An answer that no viewer should get; null for none.</summary>
    public string? Refused { get; private set; }

    /// <summary>Starts the turn and watches it until its end or the connection's.</summary>
    public Task StartAsync(Uri server, TaskCompletionSource<bool> named)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server, "chat"))
        {
            Content = new StringContent(
                JsonSerializer.Serialize(new Dictionary<string, string> { ["message"] = turn.Nonce, ["conversation_id"] = turn.Conversation }), Encoding.UTF8, "application/json"),
        };
        return WatchAsync(request, named);
    }

    /// <summary>Comes, or comes back with the last id it saw, and watches until the turn's end or the connection's.</summary>
    public Task FollowAsync(Uri server)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server, $"chat/turns/{turn.Id}/events"));
        if (Seen is [.., var last])
            request.Headers.TryAddWithoutValidation("Last-Event-ID", $"{turn.Id}:{last.Seq}");
        return WatchAsync(request, named: null);
    }

    private async Task WatchAsync(HttpRequestMessage request, TaskCompletionSource<bool>? named)
    {
        request.Headers.TryAddWithoutValidation("Accept", "text/event-stream");
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            if (response.StatusCode == HttpStatusCode.NoContent)
            {
                HasEnded = true;
                return;
            }

            if (response.StatusCode != HttpStatusCode.OK)
            {
                Refused = $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}";
                return;
            }

            turn.Id ??= response.Headers.GetValues("Passwindow-Turn").Single();
            named?.TrySetResult(true);
            await ReadAsync(await response.Content.ReadAsStreamAsync());
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // The server is gone: that is the trial.
        }
        finally
        {
            named?.TrySetResult(false);
        }
    }

    private async Task ReadAsync(Stream body)
    {
        var parser = new EventStreamParser();
        byte[] buffer = new byte[16 * 1024];
        int comments = Comments;
        while (await body.ReadAsync(buffer) is var count and > 0)
        {
            parser.Feed(buffer.AsSpan(0, count));
            Comments = comments + parser.Comments;
            while (parser.TryTake(out var next))
                Take(next);
        }
    }

    private void Take(StreamEvent shown)
    {
        long now = TimeProvider.System.GetTimestamp();
        using var json = JsonDocument.Parse(shown.Data);
        lock (_gate)
        {
            LastAt = now;
            if (json.RootElement.TryGetProperty("seq", out var seq))
            {
                _seen.Add(new SeenEvent(seq.GetInt64(), shown.Type, shown.Data, shown.Id, now));
                HasEnded |= shown.Type == "done";
            }
            else
            {
                _notices.Add(shown.Data);
            }
        }
    }
}

/// <summary>One event that a viewer was shown.</summary>
/// <param name="Seq">Its number.</param>
/// <param name="Type">Its type as the frame named it.</param>
/// <param name="Json">Its data, as it came.</param>
/// <param name="Id">Its id, as it came.</param>
/// <param name="At">When (<see cref="TimeProvider.GetTimestamp"/> of the system).</param>
internal sealed record SeenEvent(long Seq, string Type, string Json, string Id, long At);
