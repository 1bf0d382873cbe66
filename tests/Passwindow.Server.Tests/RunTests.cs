using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Server.Tests;

/// <summary>The program while it runs, and how it ends when it is asked to.</summary>
public sealed class RunTests
{
    [Fact]
    public async Task SIGTERM_ends_it_in_good_order_and_soon_though_a_turn_runs()
    {
        using var folder = new Folder();
        await using var upstream = Half();
        await using var server = await ServerProcess.StartAsync(folder.Journal, upstream);
        await using var viewer = await server.AskAsync();
        await viewer.TakeAsync(2).WaitAsync(ServerProcess.Patience);
        long from = TimeProvider.System.GetTimestamp();
        await server.TerminateAsync();
        var rest = await viewer.ReadToEndAsync().WaitAsync(ServerProcess.Patience);
        int code = await server.ExitAsync();

        Assert.Equal("interrupted", JsonElement.Parse(rest[^1].Data).GetProperty("finish_reason").GetString());
        Assert.Equal(0, code);
        Assert.InRange(TimeProvider.System.GetElapsedTime(from), TimeSpan.Zero, TimeSpan.FromSeconds(8));
        await upstream.Exchanges[0].ClientGone.WaitAsync(ServerProcess.Patience);
    }

    [Theory]
    [InlineData("--Passwindow:Linger=0", null)]
    [InlineData(null, "Passwindow__Linger")]
    public async Task Linger_can_be_set_by_an_argument_and_by_the_environment(string? argument, string? variable)
    {
        using var folder = new Folder();
        await using var upstream = Half();
        await using var server = await ServerProcess.StartAsync(folder.Journal, upstream, argument is null ? [] : [argument], variable is null ? [] : [(variable, "0")]);
        var viewer = await server.AskAsync();
        await viewer.TakeAsync(2).WaitAsync(ServerProcess.Patience);
        long left = TimeProvider.System.GetTimestamp();
        viewer.Cut();
        var gone = await upstream.Exchanges[0].ClientGone.WaitAsync(ServerProcess.Patience);

        Assert.InRange(TimeProvider.System.GetElapsedTime(left, gone.At), TimeSpan.Zero, TimeSpan.FromSeconds(2)); // the default is 15
        await viewer.DisposeAsync();
    }

    [Fact]
    public async Task The_page_may_run_its_own_scripts_and_talk_to_its_own_server_alone()
    {
        using var folder = new Folder();
        await using var server = await ServerProcess.StartAsync(folder.Journal, upstream: null);
        using var http = new HttpClient { BaseAddress = server.Address };
        using var page = await http.GetAsync("/");
        if (page.StatusCode == HttpStatusCode.NotFound && Environment.GetEnvironmentVariable("CI") != "true")
            Assert.Skip("the page is not built (web/build.sh)");
        string policy = page.Headers.GetValues("Content-Security-Policy").Single();

        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
        Assert.Contains("<script", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        string[] directives = ["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "require-trusted-types-for 'script'"];
        foreach (string directive in directives)
            Assert.Contains(directive, policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", page.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.False(page.Headers.Contains("Server"));
        Assert.Equal("no-cache", page.Headers.CacheControl?.ToString());
        string[] parts = [.. Regex.Matches(await page.Content.ReadAsStringAsync(), "(?:src|href)=\"(/[^\"]+)\"").Select(static match => match.Groups[1].Value)];
        Assert.Contains(parts, static part => part.StartsWith("/assets/", StringComparison.Ordinal));
        foreach (string part in parts)
        {
            using var got = await http.GetAsync(part);
            Assert.Equal(200, (int)got.StatusCode);
            Assert.Equal(part.StartsWith("/assets/", StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache", got.Headers.CacheControl?.ToString());
        }
    }

    [Theory]
    [InlineData]
    [InlineData("--Logging:LogLevel:Default=Debug")]
    public async Task What_a_person_asks_and_what_a_model_answers_stand_in_no_log(params string[] arguments)
    {
        using var folder = new Folder();
        await using var upstream = new ScriptedUpstream(exchange => exchange.WriteAsync(ChatChunks.Answer("answer-5b1c")));
        await using var server = await ServerProcess.StartAsync(folder.Journal, upstream, arguments);
        await using var stream = await server.WatchAsync("/chat/stream?prompt=question-7f3a");
        await stream.ReadToEndAsync().WaitAsync(ServerProcess.Patience);
        await using var post = await server.AskAsync("question-7f3a");
        await post.ReadToEndAsync().WaitAsync(ServerProcess.Patience);
        await using var refused = await server.WatchAsync("/chat/stream?prompt=question-7f3a&model=");
        Assert.Equal(400, (int)refused.Response.StatusCode);
        await server.TerminateAsync();
        await server.ExitAsync();

        Assert.Contains("Passwindow serves on", server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("7f3a", server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("5b1c", server.Output, StringComparison.Ordinal);
    }

    private static ScriptedUpstream Half() => new(async exchange =>
    {
        await exchange.WriteAsync(ChatChunks.Text("Hel"));
        await exchange.SilenceAsync();
    });
}
