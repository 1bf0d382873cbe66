// What one writes first: the official SDK, the framework's Server-Sent Events, and each token appended to the conversation's file, unsynced.
// Arguments: the address to serve on, the provider's base URL, the folder of the files.
using System.ClientModel;
using System.Runtime.CompilerServices;
using System.Text.Json;
using OpenAI;
using OpenAI.Chat;

if (args is not [var url, var provider, var folder])
    throw new ArgumentException("url provider folder");
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.WebHost.UseUrls(url);
var app = builder.Build();
var chat = new ChatClient("bench", new ApiKeyCredential("none"), new OpenAIClientOptions { Endpoint = new Uri(provider), NetworkTimeout = TimeSpan.FromMinutes(15) });

app.MapPost("/chat", (Question question, CancellationToken cancellation) => TypedResults.ServerSentEvents(AnswerAsync(question, cancellation), "token"));

// Kestrel serves once this is called.
app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine($"Serves on {app.Urls.First()}"));
app.Run();

async IAsyncEnumerable<Token> AnswerAsync(Question question, [EnumeratorCancellation] CancellationToken cancellation)
{
    await using var file = new StreamWriter(Path.Combine(folder, $"{Guid.NewGuid():N}.jsonl")) { AutoFlush = true };
    await foreach (var update in chat.CompleteChatStreamingAsync([new UserChatMessage(question.Message)], cancellationToken: cancellation))
    {
        foreach (var part in update.ContentUpdate)
        {
            if (part.Text is not { Length: > 0 } text)
                continue;
            var token = new Token(text);
            await file.WriteLineAsync(JsonSerializer.Serialize(token, JsonSerializerOptions.Web));
            yield return token;
        }
    }
}

internal sealed record Question(string Message);

internal sealed record Token(string Text);
