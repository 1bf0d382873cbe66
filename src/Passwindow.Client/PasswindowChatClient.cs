using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Passwindow.Protocol;

namespace Passwindow.Client;

/// <summary>
/// An <see cref="IChatClient"/> whose answers come from a Passwindow server. A connection that breaks within a call is healed: the caller sees each
/// update once, in order. What cannot be healed in time, or was left on purpose, is taken up again by <see cref="ChatOptions.ContinuationToken"/>.
/// </summary>
/// <remarks>
/// The server keeps the conversation: every response has a <see cref="ChatResponse.ConversationId"/>, and a call with it in
/// <see cref="ChatOptions.ConversationId"/> brings only what is new. Of <see cref="ChatOptions"/>, <c>ModelId</c>, <c>ConversationId</c>, <c>Tools</c>,
/// <c>Instructions</c> (with a conversation's first message), <c>ContinuationToken</c> and <c>AllowBackgroundResponses</c> are used; sampling is the server's business.
/// Calls of the caller's own tools end a response with <see cref="ChatFinishReason.ToolCalls"/>, and their results, sent with the <c>ConversationId</c>, go on with
/// it. Calls of the server's tools are told with <see cref="FunctionCallContent.InformationalOnly"/>. Safe for use by several threads.
/// </remarks>
public sealed class PasswindowChatClient : IChatClient
{
    private readonly HttpClient _http;
    private readonly bool _ownsHttp;
    private readonly Uri _endpoint;
    private readonly PasswindowChatClientOptions _options;

    /// <summary>Makes a client of the server whose endpoints are below <paramref name="endpoint"/>, such as <c>http://127.0.0.1:5280/chat</c>.</summary>
    /// <param name="endpoint">The prefix that the server was mapped under.</param>
    /// <param name="httpClient">
    /// What sends; its <see cref="HttpClient.Timeout"/> must be infinite or longer than any answer. Null makes one, which is disposed with this.
    /// </param>
    /// <param name="options">How to deal with the network; null for the defaults.</param>
    public PasswindowChatClient(Uri endpoint, HttpClient? httpClient = null, PasswindowChatClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        _endpoint = endpoint.AbsoluteUri.EndsWith('/') ? endpoint : new Uri(endpoint.AbsoluteUri + "/");
        _options = options ?? new PasswindowChatClientOptions();
        _ownsHttp = httpClient is null;

        // Not to drain: a response that is left is one whose connection is to close now.
        _http = httpClient ?? new HttpClient(new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = Timeout.InfiniteTimeSpan };
        Metadata = new ChatClientMetadata("passwindow", endpoint);
    }

    private ChatClientMetadata Metadata { get; }

    /// <inheritdoc/>
    /// <exception cref="PasswindowException">The turn was refused, failed, or could not be followed to its end.</exception>
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="PasswindowException">The turn was refused, failed, or could not be followed to its end. What it said before stands.</exception>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var (reading, from) = await OpenAsync([.. messages], options, cancellationToken);
        await foreach (var update in TellAsync(reading, from, options, cancellationToken))
            yield return update;
    }

    /// <summary>Has the message of a turn answered anew; the new turn takes the old one's place in the conversation.</summary>
    /// <param name="responseId">The <see cref="ChatResponse.ResponseId"/> of the answer.</param>
    /// <param name="options">As for any other call; the model is the old one where they name none.</param>
    /// <param name="cancellationToken">Ends the call, and stops its turn as for any other.</param>
    /// <exception cref="PasswindowException">The turn was refused, failed, or could not be followed to its end. What it said before stands.</exception>
    public IAsyncEnumerable<ChatResponseUpdate> RegenerateAsync(string responseId, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(responseId);
        var address = new Uri(_endpoint, $"turns/{Uri.EscapeDataString(responseId)}/regenerate");
        return TellAsync(Begin(address, TurnBodies.Choice(options?.ModelId)), from: null, options, cancellationToken);
    }

    private async IAsyncEnumerable<ChatResponseUpdate> TellAsync(
        TurnReading reading, TurnPosition? from, ChatOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var updates = new TurnUpdates(TurnBodies.Tools(options).Select(static tool => tool.Name).ToHashSet(StringComparer.Ordinal), from);
        bool ended = false;
        try
        {
            await foreach (var committed in reading.ReadAsync(cancellationToken))
            {
                ended |= committed.Type == EventType.Done;
                if (updates.Of(committed) is not { } update)
                    continue;
                yield return update;

                // A person is asked now: the answer comes with another call, which follows on from here.
                if (update.Contents is [ToolApprovalRequestContent])
                {
                    ended = true;
                    yield break;
                }
            }

            ended = true;
        }
        finally
        {
            if (!ended && cancellationToken.IsCancellationRequested && reading.Turn is { } turn && _options.StopsOnCancellation && options?.AllowBackgroundResponses != true)
                await TryStopAsync(turn);
        }

        if (updates.Failure is { } failure)
            throw failure;
    }

    /// <summary>Stops a turn, from wherever: its upstream is cancelled at once, and what was said is kept.</summary>
    /// <param name="responseId">The <see cref="ChatResponse.ResponseId"/>.</param>
    /// <param name="cancellationToken">Ends the waiting; the stop may have been heard.</param>
    /// <exception cref="PasswindowException">There is no such turn, or the server could not do it.</exception>
    public async Task StopAsync(string responseId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(responseId);
        using var response = await _http.PostAsync(new Uri(_endpoint, $"turns/{Uri.EscapeDataString(responseId)}/stop"), new ByteArrayContent([]), cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw await RefusedRequest.ReadAsync(response, _options.TimeProvider, cancellationToken);
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? Metadata
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_ownsHttp)
            _http.Dispose();
    }

    private async Task<(TurnReading Reading, TurnPosition? From)> OpenAsync(IReadOnlyList<ChatMessage> messages, ChatOptions? options, CancellationToken cancellation)
    {
        if (options?.ContinuationToken is { } token)
            return Follow(TurnPosition.Of(token));
        var given = messages.Reverse().TakeWhile(static message => message.Role != ChatRole.Assistant).Reverse().SelectMany(static message => message.Contents).ToList();
        if (given.OfType<ToolApprovalResponseContent>().ToList() is { Count: > 0 } answers)
            return Follow(new TurnPosition(await ApproveAsync(answers, cancellation), options?.ConversationId));
        if (given.OfType<FunctionResultContent>().ToList() is { Count: > 0 } results)
            return (Begin(new Uri(_endpoint, $"turns/{await FindAskingAsync(options, cancellation)}/tool-results"), TurnBodies.Results(results)), null);
        return (Begin(new Uri(_endpoint.AbsoluteUri.TrimEnd('/')), TurnBodies.Ask(messages, options)), null);
    }

    private (TurnReading Reading, TurnPosition From) Follow(TurnPosition from) => (new TurnReading(_http, _endpoint, _options, begin: null, TurnEvents.After(from.Cursor)), from);

    private TurnReading Begin(Uri address, byte[] body)
    {
        string key = Guid.NewGuid().ToString("N"); // whatever becomes of the first request, the second joins its turn
        return new TurnReading(_http, _endpoint, _options, () => TurnBodies.Post(address, body, key), TurnEvents.After(null));
    }

    /// <summary>Gives the answers, and returns from where their turn goes on.</summary>
    private async Task<EventCursor> ApproveAsync(List<ToolApprovalResponseContent> answers, CancellationToken cancellation)
    {
        var asked = answers.Select(static answer => (Id: ApprovalId.Parse(answer.RequestId), Answer: answer)).ToList();
        var at = asked.MaxBy(static each => each.Id.At.Seq).Id.At;
        if (asked.Exists(each => each.Id.At.Turn != at.Turn))
            throw new ArgumentException("The approvals are of several turns.", nameof(answers));
        using var request = TurnBodies.Post(new Uri(_endpoint, $"turns/{at.Turn}/approvals"), TurnBodies.Approvals(asked.Select(static each => (each.Id.Call, each.Answer))), idempotencyKey: null);
        using var response = await _http.SendAsync(request, cancellation);
        return response.IsSuccessStatusCode ? at : throw await RefusedRequest.ReadAsync(response, _options.TimeProvider, cancellation);
    }

    /// <summary>The turn that ended for the caller's tools: the last one of the conversation.</summary>
    private async Task<string> FindAskingAsync(ChatOptions? options, CancellationToken cancellation)
    {
        string conversation = options?.ConversationId
            ?? throw new InvalidOperationException("The results of tools need the ConversationId of the response that asked for them.");
        using var response = await _http.GetAsync(new Uri(_endpoint, $"conversations/{Uri.EscapeDataString(conversation)}"), cancellation);
        if (!response.IsSuccessStatusCode)
            throw await RefusedRequest.ReadAsync(response, _options.TimeProvider, cancellation);
        var document = await response.Content.ReadFromJsonAsync<JsonElement>(cancellation);
        return document.GetProperty("messages").EnumerateArray().Last().GetProperty("turn_id").GetString()!;
    }

    private async Task TryStopAsync(string turn)
    {
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5), _options.TimeProvider);
            await StopAsync(turn, patience.Token);
        }
        catch (Exception e) when (e is PasswindowException or HttpRequestException or OperationCanceledException)
        {
            // The caller has gone; the server's linger ends the turn.
        }
    }
}
