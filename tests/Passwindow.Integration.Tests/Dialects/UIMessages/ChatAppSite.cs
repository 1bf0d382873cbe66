using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Passwindow.Testing;

namespace Passwindow.Integration.Tests.Dialects.UIMessages;

/// <summary>An app with two tools, one of which a person must approve, and a model that says what a test has it say.</summary>
internal sealed class ChatAppSite : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("passwindow-").FullName;
    private readonly WebApplication _app;

    private ChatAppSite()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services
            .AddPasswindowTool("pay", "Pays.", static () => "paid", static tool => tool.RequiresApproval = true)
            .AddPasswindowTool("look", "Looks.", static () => 2)
            .AddPasswindow(options =>
            {
                options.Journal = _folder;
                options.Durability = Durability.Os;
                options.FindOllama = false;
                options.Providers["model"] = new ProviderOptions { Type = "OpenAI", BaseUrl = $"{Model.BaseAddress}v1", ApiKey = "k", Models = { "scripted" } };
            });
        _app = builder.Build();
        _app.MapPasswindow();
        _app.MapPasswindowDialects();
    }

    /// <summary>The model. What no test scripted it answers with one word.</summary>
    public ScriptedUpstream Model { get; } = new(static exchange => exchange.WriteAsync(ChatChunks.Answer("Yes.")));

    public Uri Address => new(_app.Urls.First() + "/");

    public static async Task<ChatAppSite> StartAsync()
    {
        var site = new ChatAppSite();
        await site._app.StartAsync();
        return site;
    }

    /// <summary>Has the model say a text next.</summary>
    public ChatAppSite ThenSay(params string[] pieces)
    {
        Model.Next(exchange => exchange.WriteAsync(ChatChunks.Answer(pieces)));
        return this;
    }

    /// <summary>Has the model say a text, wait, and say another.</summary>
    public ChatAppSite ThenHalt(Task goOn)
    {
        Model.Next(async exchange =>
        {
            await exchange.WriteAsync((byte[])[.. ChatChunks.Role, .. ChatChunks.Text("so far")]);
            if (await Task.WhenAny(goOn, exchange.ClientGone) == goOn)
                await exchange.WriteAsync((byte[])[.. ChatChunks.Text(" and so on"), .. ChatChunks.Finish("stop"), .. ChatChunks.Done]);
        });
        return this;
    }

    /// <summary>Has the model call tools next.</summary>
    public ChatAppSite ThenCall(params string[] tools)
    {
        byte[] calls = [.. tools.SelectMany(static (tool, i) => ChatChunks.ToolCall(i, $"call_{tool}", tool, "{}"))];
        Model.Next(exchange => exchange.WriteAsync((byte[])[.. ChatChunks.Role, .. ChatChunks.Text("One moment."), .. calls, .. ChatChunks.Finish("tool_calls"), .. ChatChunks.Done]));
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        await Model.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
