using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Passwindow.Testing;
using Passwindow.Upstream;

namespace Passwindow.Tests.Tools;

/// <summary>The server, on a port of its own with a journal of its own, whose model <c>script</c> says what the test wrote down.</summary>
internal sealed class ChatServer : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly WebApplication _app;

    private ChatServer(WebApplication app, string folder)
    {
        _app = app;
        Folder = folder;
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.First()), Timeout = Timeout.InfiniteTimeSpan };
    }

    public HttpClient Http { get; }

    public string Folder { get; }

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    public static async Task<ChatServer> StartAsync(
        ScriptedModel? model = null, Action<IServiceCollection>? services = null, Action<PasswindowOptions>? options = null, string? folder = null, params string[] settings)
    {
        folder ??= Directory.CreateTempSubdirectory("passwindow-tools-").FullName;
        var builder = WebApplication.CreateSlimBuilder(settings);
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        if (model is not null)
        {
            var providers = new ProviderList();
            providers.Add(new Provider("script", model) { NeedsNoModel = true, Models = static () => ["one"] });
            builder.Services.AddSingleton(new ModelCatalog(providers, new DemoUpstream(TimeProvider.System), []));
        }

        services?.Invoke(builder.Services);
        builder.Services.AddPasswindow(each =>
        {
            each.Journal = folder;
            each.Durability = Durability.Os;
            each.FindOllama = false;
            options?.Invoke(each);
        });
        var app = builder.Build();
        app.MapPasswindow();
        app.MapPasswindowDialects();
        await app.StartAsync();
        return new ChatServer(app, folder);
    }

    /// <summary>Asks, and reads the turn to its end.</summary>
    public async Task<List<JsonElement>> AskAsync(object body)
    {
        await using var stream = await OpenAsync("/chat", body);
        return await RestAsync(stream);
    }

    public async Task<List<JsonElement>> AskAsync(string message) => await AskAsync(new { message });

    public Task<EventStreamClient> OpenAsync(string path, object body, string? user = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (user is not null)
            request.Headers.Add("X-User", user);
        return EventStreamClient.OpenAsync(Http, request);
    }

    public Task<HttpResponseMessage> PostAsync(string path, string json, string? user = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        if (user is not null)
            request.Headers.Add("X-User", user);
        return Http.SendAsync(request);
    }

    public static async Task<List<JsonElement>> RestAsync(EventStreamClient stream) =>
        [.. (await stream.ReadToEndAsync().WaitAsync(Patience)).Select(static each => JsonElement.Parse(each.Data))];

    /// <summary>Reads until an event of that type has come, and gives it.</summary>
    public static async Task<JsonElement> UntilAsync(EventStreamClient stream, string type)
    {
        while (await stream.NextAsync().WaitAsync(Patience) is { } next)
        {
            if (next.Type == type)
                return JsonElement.Parse(next.Data);
        }

        throw new EndOfStreamException($"No {type} came.");
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
    }
}

/// <summary>What tests ask of events.</summary>
internal static class EventAsserts
{
    public static string Type(this JsonElement json) => json.GetProperty("type").GetString()!;

    public static string? Text(this JsonElement json, string field) => json.TryGetProperty(field, out var value) ? value.GetString() : null;

    public static List<JsonElement> Of(this IEnumerable<JsonElement> events, string type) => [.. events.Where(each => each.Type() == type)];

    /// <summary>The types without the usage, tokens and pieces of arguments.</summary>
    public static string Shape(this IEnumerable<JsonElement> events) =>
        string.Join(' ', events.Select(Type).Where(static type => type is not ("usage" or "token" or "reasoning" or "tool_arguments")));

    public static string Reason(this IEnumerable<JsonElement> events) => events.Last().Text("finish_reason")!;

    public static string Turn(this IEnumerable<JsonElement> events) => events.First().Text("turn_id")!;

    public static string Conversation(this IEnumerable<JsonElement> events) => events.First().Text("conversation_id")!;
}
