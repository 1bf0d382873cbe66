using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Passwindow.Server;
using Passwindow.Testing;
using Passwindow.Testing.Fixtures;

namespace Passwindow.Integration.Tests.Dialects;

/// <summary>
/// The whole server behind which all providers are one scripted upstream. A model that is named like a recording replays it; what a test
/// scripts with <see cref="ScriptedUpstream.Next"/> goes first. The models are <c>chat/NAME</c>, <c>responses/NAME</c> and
/// <c>claude/NAME</c>; the default is <c>chat/scripted</c>.
/// </summary>
public sealed class RecordedSite : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("passwindow-").FullName;
    private readonly WebApplication _app;

    private RecordedSite(string[] settings)
    {
        Upstream = new ScriptedUpstream(ReplayAsync);
        _app = ServerApp.Create(
        [
            "--urls=http://127.0.0.1:0",
            $"--Passwindow:Journal={_folder}",
            "--Passwindow:Durability=os",
            .. Provider("chat", "OpenAI", $"{Upstream.BaseAddress}v1"),
            .. Provider("responses", "OpenAIResponses", $"{Upstream.BaseAddress}v1"),
            .. Provider("claude", "Anthropic", Upstream.BaseAddress.ToString()),
            "--Passwindow:Model=chat/scripted",
            .. settings,
        ]);
    }

    /// <summary>All providers.</summary>
    public ScriptedUpstream Upstream { get; }

    /// <summary>Where the server listens, with a slash at the end.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1/");

    /// <summary>Starts it with settings beside those it needs, <c>--Passwindow:NAME=VALUE</c>.</summary>
    public static async Task<RecordedSite> StartAsync(params string[] settings)
    {
        var site = new RecordedSite(settings);
        await site._app.StartAsync();
        site.Address = new Uri(site._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/");
        return site;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        await Upstream.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static string[] Provider(string name, string type, string address) =>
    [
        $"--Passwindow:Providers:{name}:Type={type}",
        $"--Passwindow:Providers:{name}:BaseUrl={address}",
        $"--Passwindow:Providers:{name}:ApiKey=k",
        $"--Passwindow:Providers:{name}:Models=scripted",
    ];

    private static Task ReplayAsync(UpstreamExchange exchange)
    {
        string api = exchange.Request.Target.Split('/')[^1] switch
        {
            "completions" => "chat-completions",
            "responses" => "responses",
            _ => "anthropic-messages",
        };
        string name = exchange.Request.Json.GetProperty("model").GetString()!;
        return UpstreamRecording.NamesOf(api).Contains(name)
            ? exchange.WriteAsync(new UpstreamRecording(api, name).Body)
            : exchange.RespondAsync(404, "{}");
    }
}
