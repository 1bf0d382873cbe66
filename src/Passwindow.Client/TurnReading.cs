using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using Passwindow.Protocol;

namespace Passwindow.Client;

/// <summary>
/// Follows one turn to its end over as many connections as it takes. The first request begins the turn (or joins it); whatever breaks, the next
/// one asks for what follows the last event that was read.
/// </summary>
/// <param name="http">The client.</param>
/// <param name="endpoint">The server's prefix, with a slash at its end.</param>
/// <param name="options">How to deal with the network.</param>
/// <param name="begin">
/// Makes the request that begins the turn, the same each time: it bears an idempotency key, so to send it again joins what it began. Null where the
/// turn exists.
/// </param>
/// <param name="events">Where it begins.</param>
internal sealed class TurnReading(HttpClient http, Uri endpoint, PasswindowChatClientOptions options, Func<HttpRequestMessage>? begin, TurnEvents events)
{
    private readonly byte[] _buffer = new byte[8 * 1024];
    private string? _turn = events.Last?.Turn.Value;

    /// <summary>The turn's id, as soon as the server said it; null before.</summary>
    public string? Turn => _turn;

    /// <exception cref="PasswindowException">The turn was refused, or could not be followed to its end.</exception>
    public async IAsyncEnumerable<CommittedEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var reconnection = new Reconnection(options);
        while (true)
        {
            HttpResponseMessage? response = null;
            var (failure, pause) = ((Exception?)null, (TimeSpan?)null);
            try
            {
                response = await http.SendAsync(Next(), HttpCompletionOption.ResponseHeadersRead, cancellation);
                pause = await CheckAsync(response, cancellation);
            }
            catch (HttpRequestException e) when (_turn is null && e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError)
            {
                throw new PasswindowException("unreachable", $"There is no server at {endpoint}: {e.Message}", e) { IsRetryable = true };
            }
            catch (HttpRequestException e)
            {
                failure = e;
            }

            using (response)
            {
                if (response is { StatusCode: HttpStatusCode.NoContent })
                    yield break; // nothing is left of a turn that has ended
                if (response is { IsSuccessStatusCode: true })
                {
                    events.BeginConnection();
                    await using var body = await response.Content.ReadAsStreamAsync(cancellation);
                    for (bool open = true; open;)
                    {
                        try
                        {
                            open = await FillAsync(body, cancellation);
                        }
                        catch (Exception e) when (e is IOException or HttpRequestException or TimeoutException)
                        {
                            (failure, open) = (e, false);
                        }

                        while (events.TryRead(out var read))
                        {
                            reconnection.Progress();
                            yield return read;
                        }
                    }
                }
            }

            if (events.HasEnded)
                yield break;
            if (events.Notice is { Code: not "shutting_down" } notice)
                throw new PasswindowException(notice.Code, notice.Message) { IsRetryable = notice.IsRetryable, ContinuationToken = Token() };
            if (!await reconnection.WaitAsync(pause, cancellation))
                throw new PasswindowException("connection_lost", "The connection to the server was lost, and it could not be reached again in time.", failure) { IsRetryable = true, ContinuationToken = Token() };
        }
    }

    private TurnPosition? Token() => _turn is not null && TurnId.TryParse(_turn, out var turn) ? new TurnPosition(events.Last ?? new EventCursor(turn, 0), null) : null;

    private HttpRequestMessage Next()
    {
        if (_turn is null)
            return begin!();
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(endpoint, $"turns/{_turn}/events"));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        if (events.Last is { } last)
            request.Headers.TryAddWithoutValidation("Last-Event-ID", last.ToString());
        return request;
    }

    /// <summary>The pause that the server asks for, if it asks to come again.</summary>
    private async Task<TimeSpan?> CheckAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.IsSuccessStatusCode)
        {
            if (response.Headers.TryGetValues("Passwindow-Turn", out var turns))
                _turn = turns.First();
            if (response.StatusCode != HttpStatusCode.NoContent && response.Content.Headers.ContentType?.MediaType != "text/event-stream")
                throw new PasswindowException("malformed", "The answer is no event stream: what is at this address is no Passwindow server, or something between changes its answers.") { StatusCode = response.StatusCode };
            return null;
        }

        // What a proxy says while the server restarts. The server's own 503 says when to come back; all else is its last word.
        if (response.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout or HttpStatusCode.RequestTimeout)
            return RefusedRequest.RetryAfter(response, options.TimeProvider);
        throw await RefusedRequest.ReadAsync(response, options.TimeProvider, cancellation);
    }

    private async Task<bool> FillAsync(Stream body, CancellationToken cancellation)
    {
        using var silence = new CancellationTokenSource(options.SilenceTimeout, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, silence.Token);
        try
        {
            int read = await body.ReadAsync(_buffer, either.Token);
            events.Feed(_buffer.AsSpan(0, read));
            return read > 0;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException("The server was silent for longer than its heartbeats allow.");
        }
    }
}
