using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.AI;
using Passwindow.Integration.Tests;
using Passwindow.Server.Tests;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Client.Tests;

/// <summary>What a call survives.</summary>
public sealed class HealingTests
{
    private const int Tokens = 24;

    [Fact]
    public async Task A_connection_that_is_cut_after_every_event_gives_each_update_once_and_in_order()
    {
        await using var site = await Site.StartAsync();
        await using var proxy = new CuttingProxy(site.Address);
        using var client = Talking.Client(proxy.Address);
        var told = new List<string>();
        int said = 0;
        await foreach (var update in client.GetStreamingResponseAsync(Talking.Hello).WithCancellation(new CancellationTokenSource(Talking.Patience).Token))
        {
            proxy.CutAll();
            if (update.Text.Length > 0)
                told.Add(update.Text);
            if (told.Count == said && said < Tokens)
                site.Say($"{said++} ");
            else if (told.Count == Tokens && said == Tokens)
                Finish(site, ref said);
        }

        Assert.Equal(Enumerable.Range(0, Tokens).Select(static number => $"{number} "), told);
        Assert.Single(site.Model.Requests);
    }

    [Fact]
    public async Task A_server_that_is_killed_between_two_tokens_and_started_again_tells_the_rest_and_that_the_turn_was_interrupted()
    {
        string folder = Directory.CreateTempSubdirectory("passwindow-client-").FullName;
        var second = new TaskCompletionSource();
        await using var model = new ScriptedUpstream(async exchange =>
        {
            await exchange.HeadAsync();
            await exchange.WriteAsync(ChatChunks.Role);
            await exchange.WriteAsync(ChatChunks.Text("one "));
            await second.Task;
        });
        string url = $"http://127.0.0.1:{FreePort()}";
        ServerProcess? again = null;
        try
        {
            await using var server = await ServerProcess.StartAsync(folder, model, ["--urls", url]);
            using var client = Talking.Client(new Uri(url + "/"));
            var told = new List<ChatResponseUpdate>();
            await foreach (var update in client.GetStreamingResponseAsync(Talking.Hello).WithCancellation(new CancellationTokenSource(Talking.Patience).Token))
            {
                told.Add(update);
                if (update.Text != "one ")
                    continue;
                await server.KillAsync();
                again = await ServerProcess.StartAsync(folder, model, ["--urls", url]);
            }

            Assert.Equal("one ", string.Concat(told.Select(static update => update.Text)));
            Assert.Equal("interrupted", told[^1].FinishReason?.Value);
            Assert.Single(told.Select(static update => update.ResponseId).Distinct());
        }
        finally
        {
            second.SetResult();
            if (again is not null)
                await again.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Where_there_is_no_server_a_call_says_so_at_once()
    {
        using var client = Talking.Client(new Uri($"http://127.0.0.1:{FreePort()}/"), static options => options.ReconnectTimeout = TimeSpan.FromHours(1));
        var refused = await Assert.ThrowsAsync<PasswindowException>(() => client.GetResponseAsync(Talking.Hello).WaitAsync(Talking.Patience));
        Assert.Equal(("unreachable", true), (refused.Code, refused.IsRetryable));
    }

    [Fact]
    public async Task A_call_that_gave_up_is_taken_up_by_its_token_where_it_was()
    {
        await using var site = await Site.StartAsync();
        var proxy = new CuttingProxy(site.Address);
        using var client = Talking.Client(proxy.Address, static options => options.ReconnectTimeout = TimeSpan.Zero);
        var told = new List<string>();
        site.Say("one ");
        var lost = await Assert.ThrowsAsync<PasswindowException>(async () =>
        {
            await foreach (var update in client.GetStreamingResponseAsync(Talking.Hello))
            {
                told.Add(update.Text);
                if (update.Text == "one ")
                    await proxy.DisposeAsync();
            }
        });
        Assert.Equal("connection_lost", lost.Code);
        Assert.True(lost.IsRetryable);

        site.Say("two");
        site.Finish();
        using var other = Talking.Client(site.Address);
        var token = ResponseContinuationToken.FromBytes(lost.ContinuationToken!.ToBytes()); // as if it had been kept in a database
        var rest = await other.GetStreamingResponseAsync([], new ChatOptions { ContinuationToken = token }).AllAsync().WaitAsync(Talking.Patience);
        Assert.Equal("one two", string.Concat(told) + string.Concat(rest.Select(static update => update.Text)));
        Assert.Equal(ChatFinishReason.Stop, rest[^1].FinishReason);
    }

    [Fact]
    public async Task The_token_of_every_update_leads_to_exactly_the_rest()
    {
        await using var site = await Site.StartAsync();
        using var client = Talking.Client(site.Address);
        foreach (string word in (string[])["a", "b", "c", "d"])
            site.Say(word);
        site.Finish();
        var all = await client.GetStreamingResponseAsync(Talking.Hello).AllAsync().WaitAsync(Talking.Patience);
        for (int i = 0; i < all.Count - 1; i++)
        {
            var rest = await client.GetStreamingResponseAsync([], new ChatOptions { ContinuationToken = all[i].ContinuationToken }).AllAsync().WaitAsync(Talking.Patience);
            Assert.Equal(all.Skip(i + 1).Select(static update => update.Text), rest.Select(static update => update.Text));
            Assert.All(rest, update => Assert.Equal(all[0].ConversationId, update.ConversationId));
        }

        Assert.Null(all[^1].ContinuationToken);
    }

    [Fact]
    public async Task A_call_that_is_cancelled_stops_its_turn()
    {
        await using var site = await Site.StartAsync("--Passwindow:Linger=infinite");
        using var client = Talking.Client(site.Address);
        string turn = await LeaveAsync(site, client, new ChatOptions());
        var end = await client.GetStreamingResponseAsync([], FromTheStartOf(turn)).AllAsync().WaitAsync(Talking.Patience);
        Assert.Equal("stopped", end[^1].FinishReason?.Value);
    }

    [Fact]
    public async Task A_call_in_the_background_that_is_cancelled_leaves_its_turn_to_go_on()
    {
        await using var site = await Site.StartAsync("--Passwindow:Linger=infinite");
        using var client = Talking.Client(site.Address);
        string turn = await LeaveAsync(site, client, new ChatOptions { AllowBackgroundResponses = true });
        site.Say("two");
        site.Finish();
        var rest = await client.GetStreamingResponseAsync([], FromTheStartOf(turn)).AllAsync().WaitAsync(Talking.Patience);
        Assert.Equal("one two", string.Concat(rest.Select(static update => update.Text)));
    }

    private static ChatOptions FromTheStartOf(string turn) =>
        new() { ContinuationToken = ResponseContinuationToken.FromBytes(System.Text.Encoding.UTF8.GetBytes($"{turn}:0")) };

    private static async Task<string> LeaveAsync(Site site, PasswindowChatClient client, ChatOptions options)
    {
        site.Say("one ");
        using var leaving = new CancellationTokenSource();
        string turn = "";
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var update in client.GetStreamingResponseAsync(Talking.Hello, options, leaving.Token))
            {
                turn = update.ResponseId!;
                if (update.Text.Length > 0)
                    await leaving.CancelAsync();
            }
        });
        return turn;
    }

    private static void Finish(Site site, ref int said)
    {
        said++;
        site.Finish();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
