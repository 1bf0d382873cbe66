using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Passwindow.Upstream;

/// <summary>
/// An Ollama. It has no default model, so it is asked which it has (<c>GET /api/tags</c>): once at start and again when a default was wanted
/// and none was known. The first it names is the default.
/// </summary>
internal sealed class Ollama(HttpMessageInvoker http, Uri root, TimeProvider time, ILogger<Ollama> log)
{
    /// <summary>How long it may take to the answer. Connecting on this machine takes less than one millisecond.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>The name of the provider that it is.</summary>
    public const string Name = "ollama";

    private const int MaxBytes = 1024 * 1024;

    private volatile IReadOnlyList<string> _models = [];
    private Task<bool> _looking = Task.FromResult(false);
    private readonly Lock _lock = new();

    /// <summary>The models it named.</summary>
    public IReadOnlyList<string> Models => _models;

    /// <summary>Asks it, if it is not being asked already; true if it answers as an Ollama does. Never throws.</summary>
    public Task<bool> LookAsync()
    {
        lock (_lock)
            return _looking.IsCompleted ? _looking = Task.Run(AskAsync) : _looking;
    }

    private async Task<bool> AskAsync()
    {
        try
        {
            using var patience = new CancellationTokenSource(Patience, time);
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(root, "api/tags"));
            using var response = await http.SendAsync(request, patience.Token);
            if (response.StatusCode != HttpStatusCode.OK)
                return false;

            await response.Content.LoadIntoBufferAsync(MaxBytes, patience.Token);
            using var tags = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(patience.Token), default, patience.Token);
            _models = [.. tags.RootElement.GetProperty("models").EnumerateArray().Select(static model => model.GetProperty("name").GetString()).OfType<string>()];
            UpstreamLog.OllamaFound(log, root, string.Join(", ", _models));
            return true;
        }
        catch (Exception thrown)
        {
            UpstreamLog.OllamaMissing(log, root, thrown);
            return false;
        }
    }
}
