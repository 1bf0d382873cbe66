using Microsoft.Extensions.AI;
using Passwindow.Integration.Tests;
using Xunit;

namespace Passwindow.Client.Tests;

/// <summary>The code of <c>docs/client-dotnet.md</c>, compiled and run.</summary>
public sealed class DocumentedClient
{
    [Fact]
    public async Task What_the_document_shows_works()
    {
        await using var site = await Site.StartAsync();
        site.Say("Hello, Ada.");
        site.Finish();
        using var console = new StringWriter();
        await AskAsync(new Uri(site.Address, "chat"), console);
        Assert.Equal("Hello, Ada.", console.ToString());

        site.Say("Once more.");
        site.Finish();
        Assert.Equal("Once more.", await ComeBackAsync(new Uri(site.Address, "chat")));
    }

    private static async Task AskAsync(Uri server, TextWriter Console)
    {
        using IChatClient client = new PasswindowChatClient(server);
        await foreach (var update in client.GetStreamingResponseAsync([new ChatMessage(ChatRole.User, "I am Ada. Hello!")]))
            Console.Write(update.Text);
    }

    private static async Task<string> ComeBackAsync(Uri server)
    {
        string text = "";
        ResponseContinuationToken? place = null;
        using (var client = new PasswindowChatClient(server))
        {
            await foreach (var update in client.GetStreamingResponseAsync([new ChatMessage(ChatRole.User, "Hello!")], new ChatOptions { AllowBackgroundResponses = true }))
            {
                text += update.Text;
                place = update.ContinuationToken; // keep it: it is a few bytes (place.ToBytes())
                break;                            // the app is closed, the phone goes to sleep, …
            }
        }

        using (var client = new PasswindowChatClient(server))
        {
            await foreach (var update in client.GetStreamingResponseAsync([], new ChatOptions { ContinuationToken = place }))
                text += update.Text; // exactly the rest
        }

        return text;
    }
}
