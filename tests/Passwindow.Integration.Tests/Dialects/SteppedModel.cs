using Passwindow.Testing;

namespace Passwindow.Integration.Tests.Dialects;

/// <summary>A model that says a word and waits, until somebody asks for the address that is given; then it says the rest.</summary>
internal static class SteppedModel
{
    /// <summary>The setting that lets it wait while a client is installed and started.</summary>
    public const string Patient = "--Passwindow:TokenTimeout=600";

    /// <summary>Has a site's next answer be one, and the request after that let it go on.</summary>
    public static Uri Step(this RecordedSite site)
    {
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        site.Upstream
            .Next(async exchange =>
            {
                await exchange.WriteAsync((byte[])[.. ChatChunks.Role, .. ChatChunks.Text("Hel")]);
                await goOn.Task;
                await exchange.WriteAsync((byte[])[.. ChatChunks.Text("lo"), .. ChatChunks.Finish("stop"), .. ChatChunks.Usage(3, 2), .. ChatChunks.Done]);
            })
            .Next(exchange =>
            {
                goOn.SetResult();
                return exchange.RespondAsync(200, "{}");
            });
        return new Uri(site.Upstream.BaseAddress, "go-on");
    }

    /// <summary>Has a site's next answer say a word, then nothing more, until the client has gone.</summary>
    public static Task<ClientDeparture> SayAndWait(this RecordedSite site)
    {
        var gone = new TaskCompletionSource<ClientDeparture>(TaskCreationOptions.RunContinuationsAsynchronously);
        site.Upstream.Next(async exchange =>
        {
            await exchange.WriteAsync((byte[])[.. ChatChunks.Role, .. ChatChunks.Text("Hel")]);
            gone.SetResult(await exchange.ClientGone);
        });
        return gone.Task;
    }
}
