using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Passwindow.Server;
using Passwindow.Testing;

namespace Passwindow.Integration.Tests;

/// <summary>The whole server, page included, with a model that says what the test has it say, when the test has it say it.</summary>
internal sealed class Site : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("passwindow-").FullName;
    private readonly Channel<byte[]> _said = Channel.CreateUnbounded<byte[]>();
    private readonly WebApplication _app;

    private Site(Action<IServiceCollection>? add, string[] settings)
    {
        Model = new ScriptedUpstream(AnswerAsync);
        _app = ServerApp.Create(
        [
            "--urls=http://127.0.0.1:0",
            $"--Passwindow:Journal={_folder}",
            "--Passwindow:Providers:model:Type=OpenAI",
            $"--Passwindow:Providers:model:BaseUrl={Model.BaseAddress}v1",
            "--Passwindow:Providers:model:Models=scripted",
            .. settings,
        ], add);
    }

    public ScriptedUpstream Model { get; }

    public Uri Address { get; private set; } = new("http://127.0.0.1/");

    public static Task<Site> StartAsync(params string[] settings) => StartAsync(add: null, settings);

    /// <summary>With tools or models of a test's own.</summary>
    public static async Task<Site> StartAsync(Action<IServiceCollection>? add, params string[] settings)
    {
        var site = new Site(add, settings);
        await site._app.StartAsync();
        string address = site._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        site.Address = new Uri(address + "/");
        return site;
    }

    /// <summary>Has the model say this next.</summary>
    public void Say(string text) => Send(ChatChunks.Text(text));

    /// <summary>Has the model say this and end.</summary>
    public void Answer(string text)
    {
        Say(text);
        Finish();
    }

    /// <summary>Has the provider send these bytes next; <c>[DONE]</c> at their end ends the answer, none at all break it off.</summary>
    public void Send(byte[] bytes) => _said.Writer.TryWrite(bytes);

    /// <summary>Has the model end its answer.</summary>
    public void Finish(string reason = "stop") => Send([.. ChatChunks.Finish(reason), .. ChatChunks.Usage(12, 34), .. ChatChunks.Done]);

    /// <summary>Has the model's connection break, in the middle of what it says.</summary>
    public void Break() => Send([]);

    public async ValueTask DisposeAsync()
    {
        _said.Writer.TryComplete();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await Model.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task AnswerAsync(UpstreamExchange exchange)
    {
        await exchange.HeadAsync();
        await exchange.WriteAsync(ChatChunks.Role);
        await foreach (byte[] chunk in _said.Reader.ReadAllAsync())
        {
            if (chunk.Length == 0)
            {
                exchange.Close();
                return;
            }

            await exchange.WriteAsync(chunk);
            if (chunk.AsSpan().EndsWith(ChatChunks.Done))
                break;
        }

        await exchange.EndAsync();
    }
}
