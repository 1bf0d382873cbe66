using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Passwindow.Protocol.Upstream;
using Passwindow.Testing;
using Passwindow.Upstream;

namespace Passwindow.Tests.Upstream;

/// <summary>An upstream before a scripted server, and what it says.</summary>
internal static class Asking
{
    /// <summary>Longer than anything here takes, shorter than a person waits for a test that hangs.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(20);

    public static HttpUpstream Of(Uri address, TimeProvider? time = null, HttpMessageInvoker? http = null) =>
        new(http ?? UpstreamHttp.Create(), new("test", PlainApi.Api, address, PlainApi.Key), time ?? TimeProvider.System, NullLogger<HttpUpstream>.Instance);

    /// <summary>Everything said; the failure, if one ended it, is put beside it.</summary>
    public static async Task<(string Text, List<ChatEvent> Events, UpstreamException? Failure)> AllAsync(
        this IUpstream upstream, ChatRequest? request = null, CancellationToken cancellation = default)
    {
        var text = new StringBuilder();
        var events = new List<ChatEvent>();
        try
        {
            var listener = new Listener(said =>
            {
                events.Add(said);
                if (said is TextDelta delta)
                    text.Append(Encoding.UTF8.GetString(delta.Text.Span));
                return true;
            });
            await upstream.AskAsync(request ?? PlainApi.Question, listener, cancellation);
            return (text.ToString(), events, null);
        }
        catch (UpstreamException failure)
        {
            return (text.ToString(), events, failure);
        }
    }

    public static async Task<(string Text, List<ChatEvent> Events, UpstreamException? Failure)> AskAsync(
        Func<UpstreamExchange, Task> script, ChatRequest? request = null, TimeProvider? time = null)
    {
        await using var server = new ScriptedUpstream(script);
        return await Of(server.BaseAddress, time).AllAsync(request).WaitAsync(Patience);
    }
}
