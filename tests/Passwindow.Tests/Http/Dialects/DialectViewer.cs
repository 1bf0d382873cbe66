using Passwindow.Testing;
using Passwindow.Testing.Dialects;

namespace Passwindow.Tests.Http.Dialects;

/// <summary>A viewer of a turn in one dialect, whose connection breaks at random frames and that comes back as the dialect's clients can.</summary>
internal sealed class DialectViewer(ServerUnderTest server, string turn, Spoken spoken, Random random)
{
    private const int MostFrames = 12;

    /// <summary>Watches to the end of the turn, after so many breaks.</summary>
    public async Task<Told> WatchAsync(int breaks)
    {
        string address = $"/chat/turns/{turn}/events?dialect={spoken.Name}";
        var seen = new List<StreamEvent>();
        string? lastId = null;
        while (true)
        {
            long? after = After(seen);
            await using var viewer = await server.WatchAsync(after is null ? address : $"{address}&after={after}", lastId);
            if (!GoesOn || (spoken.Name == "data" && after is null))
                seen.Clear();
            int before = breaks-- > 0 ? random.Next(1, MostFrames) : int.MaxValue;
            bool ended = false;
            for (int i = 0; i < before && !ended; i++)
            {
                if (await viewer.NextAsync().WaitAsync(ServerUnderTest.Patience) is { } frame)
                    seen.Add(frame);
                else
                    ended = true;
            }

            lastId = seen is [.., { Id.Length: > 0 } last] ? last.Id : null; // what it has taken: more may have come
            if (ended)
                return spoken.Decode(seen);
            viewer.Cut();
        }
    }

    /// <summary>Whether a client adds what it is sent to what it has; otherwise it begins anew.</summary>
    private bool GoesOn => spoken.Name is "native" or "data" or "text";

    // A client of the data dialect says by number how far it got. The first frame of all has none: it names the conversation.
    private long? After(List<StreamEvent> seen) =>
        spoken.Name == "data" && seen is [.., var last] && last.Json().TryGetProperty("seq", out var seq) ? seq.GetInt64() : null;
}
