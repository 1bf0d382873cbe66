using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Passwindow.Http;
using Passwindow.Testing;

namespace Passwindow.Tests.Http;

/// <summary>
/// A server on a real socket, built as any app builds it: <c>AddPasswindow</c>, <c>MapPasswindow</c>, <c>MapPasswindowDialects</c>, <c>MapPasswindowHealth</c>. Its
/// journal is a folder of its own. Nothing of the machine's environment reaches it.
/// </summary>
internal sealed class ServerUnderTest : IAsyncDisposable
{
    /// <summary>Longer than anything here takes, shorter than a person waits for a test that hangs.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    private readonly WebApplication _app;
    private readonly string _folder;

    private ServerUnderTest(WebApplication app, string folder)
    {
        _app = app;
        _folder = folder;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        Http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = Address, Timeout = Timeout.InfiniteTimeSpan };
    }

    public Uri Address { get; }

    public HttpClient Http { get; }

    public Engine Engine => _app.Services.GetRequiredService<Engine>();

    /// <summary>
    /// Starts a server. <paramref name="upstream"/> is its provider <c>up</c> (Chat Completions, the default, model <c>m</c>), its provider <c>replies</c>
    /// (Responses) and its provider <c>claude</c> (Anthropic Messages); with null it has none.
    /// </summary>
    public static async Task<ServerUnderTest> StartAsync(
        ScriptedUpstream? upstream, Action<PasswindowOptions>? options = null, Action<IServiceCollection>? services = null, TimeProvider? time = null)
    {
        string folder = Directory.CreateTempSubdirectory("passwindow-test-").FullName;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        builder.Services.AddLogging();
        if (time is not null)
            builder.Services.AddSingleton(time);
        services?.Invoke(builder.Services);
        builder.Services.AddPasswindow(settings =>
        {
            settings.Journal = Path.Combine(folder, "journal");
            settings.Durability = Durability.Os;
            settings.FindOllama = false;
            if (upstream is not null)
                AddProviders(settings, upstream);
            options?.Invoke(settings);
        });
        var app = builder.Build();
        app.MapPasswindow();
        app.MapPasswindowDialects();
        app.MapPasswindowHealth();
        await app.StartAsync();
        return new ServerUnderTest(app, folder);
    }

    /// <summary>How much the journal holds of turns.</summary>
    public long JournalledBytes() => Directory.EnumerateFiles(_folder, "*.jsonl", SearchOption.AllDirectories)
        .SelectMany(File.ReadLines).Where(static line => line.Contains("\"turn", StringComparison.Ordinal)).Sum(static line => line.Length);

    /// <summary>Goes down in good order, as on SIGTERM.</summary>
    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static void AddProviders(PasswindowOptions settings, ScriptedUpstream upstream)
    {
        settings.Providers["up"] = new ProviderOptions { Type = "OpenAI", BaseUrl = $"{upstream.BaseAddress}v1", ApiKey = "k", Models = { "m" } };
        settings.Providers["claude"] = new ProviderOptions { Type = "Anthropic", BaseUrl = upstream.BaseAddress.ToString(), ApiKey = "k", Models = { "m" } };
        settings.Providers["replies"] = new ProviderOptions { Type = "OpenAIResponses", BaseUrl = $"{upstream.BaseAddress}v1", ApiKey = "k", Models = { "m" } };
        settings.Model = "up/m";
    }
}
