using System.Collections.Concurrent;
using Passwindow.Testing;

namespace Passwindow.Trials.Load;

/// <summary>The model of all turns: says each turn's tokens at an even pace, and notes what it has said before it says it.</summary>
internal sealed class TrialUpstream : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, TrialTurn> _turns = new();
    private readonly ScriptedUpstream _upstream;

    public TrialUpstream() => _upstream = new ScriptedUpstream(AnswerAsync);

    public Uri Address => _upstream.BaseAddress;

    /// <summary>The pause between two tokens of a turn.</summary>
    public TimeSpan Pace { get; set; } = TimeSpan.FromMilliseconds(40);

    public void Add(TrialTurn turn) => _turns[turn.Nonce] = turn;

    public ValueTask DisposeAsync() => _upstream.DisposeAsync();

    private async Task AnswerAsync(UpstreamExchange exchange)
    {
        var messages = exchange.Request.Json.GetProperty("messages");
        var content = messages[messages.GetArrayLength() - 1].GetProperty("content");
        string nonce = (content.ValueKind == System.Text.Json.JsonValueKind.String ? content.GetString() : content[0].GetProperty("text").GetString())!;
        var turn = _turns[nonce];
        turn.Asked();
        _ = NoteLeavingAsync(exchange, turn);
        await exchange.HeadAsync();
        await exchange.WriteAsync(ChatChunks.Role);
        for (int i = 0; i < turn.Tokens; i++)
        {
            turn.Sending(i);
            await exchange.WriteAsync(ChatChunks.Text(turn.Token(i)));
            await Task.Delay(Pace);
        }

        turn.Finished = true;
        await exchange.WriteAsync((byte[])[.. ChatChunks.Finish("stop"), .. ChatChunks.Done]);
    }

    private static async Task NoteLeavingAsync(UpstreamExchange exchange, TrialTurn turn)
    {
        await ((Task)exchange.ClientGone).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!turn.Finished)
            turn.UpstreamLeftAt = TimeProvider.System.GetTimestamp();
    }
}
