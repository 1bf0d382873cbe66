using System.Buffers;
using System.Net.Http.Headers;
using Microsoft.Extensions.Logging;
using Passwindow.Diagnostics;
using Passwindow.Protocol.Upstream;
using Passwindow.Upstream.Http1;

namespace Passwindow.Upstream;

/// <summary>A provider reached over HTTP. One question is one POST, sent once: who asks again is for the turn to decide.</summary>
internal sealed class HttpUpstream(HttpMessageInvoker http, ProviderEndpoint provider, TimeProvider time, ILogger<HttpUpstream> log) : IUpstream
{
    /// <inheritdoc/>
    public async Task AskAsync(ChatRequest request, IChatListener listener, CancellationToken cancellation)
    {
        var (response, connection) = await Guarded(() => SendAsync(request, cancellation), UpstreamFault.BeforeAnswer, cancellation);
        var body = await Guarded(() => UpstreamBody.OpenAsync(response, connection, cancellation), UpstreamFault.WithinAnswer, cancellation);
        bool isWhole = false;
        try
        {
            isWhole = await Flow.Without(() => HearAsync(body, IsJson(response.Content.Headers.ContentType), listener, cancellation));
        }
        catch (UpstreamException failure)
        {
            UpstreamLog.Failed(log, failure.InnerException, provider.Name, failure.Code, failure.Detail);
            throw;
        }
        finally
        {
            if (isWhole)
                _ = body.FinishAsync(time);
            else
                body.Dispose();
        }
    }

    /// <summary>Has the answer heard; false if the listener wants no more of it.</summary>
    private async Task<bool> HearAsync(UpstreamBody body, bool isDocument, IChatListener listener, CancellationToken cancellation)
    {
        var answer = new UpstreamAnswer(provider.Api.CreateReader());

        if (isDocument)
            answer.FeedDocument(await ReadDocumentAsync(body, cancellation));
        while (!answer.IsOver)
        {
            if (!answer.IsDocument)
            {
                // Not by a method of its own: each through which a token passes is one that must be woken and go on.
                try
                {
                    if (body.TryRead(await body.BeginRead(), out var bytes))
                        answer.Feed(bytes);
                }
                catch (Exception thrown)
                {
                    throw Failure(thrown, UpstreamFault.WithinAnswer, cancellation);
                }
                finally
                {
                    body.EndRead();
                }
            }

            while (Redacted(answer, out var text))
            {
                if (!text.IsEmpty)
                {
                    var hearing = listener.HearTextAsync(text);
                    if (!hearing.IsCompleted)
                        answer.Keep(); // others may read into the same buffer meanwhile
                    if (!await hearing)
                        return false;
                    continue;
                }

                foreach (var said in answer.Said)
                {
                    var hearing = listener.HearAsync(said);
                    if (!hearing.IsCompleted)
                        answer.Keep();
                    if (!await hearing)
                        return false;
                }

                listener = listener.Next;
            }
        }

        return true;
    }

    private static async ValueTask<ReadOnlyMemory<byte>> ReadDocumentAsync(UpstreamBody body, CancellationToken cancellation)
    {
        try
        {
            return await JsonDocumentBody.ReadAsync(body);
        }
        catch (Exception thrown)
        {
            throw Failure(thrown, UpstreamFault.WithinAnswer, cancellation);
        }
    }

    private async ValueTask<(HttpResponseMessage Response, AnswerConnection? Connection)> SendAsync(ChatRequest request, CancellationToken cancellation)
    {
        var json = new ArrayBufferWriter<byte>(4096);
        provider.Api.WriteRequest(request, json);

        // HTTP/2 where the provider's TLS offers it.
        using var message = new HttpRequestMessage(HttpMethod.Post, provider.Url)
        {
            Content = new JsonBody(json.WrittenMemory),
            Version = System.Net.HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        foreach (var (name, value) in provider.Headers)
        {
            // Content headers are the body's business; a duplicate would make two values of one.
            if (!message.Headers.Contains(name))
                message.Headers.TryAddWithoutValidation(name, value);
        }

        message.Headers.ExpectContinue = false;
        if (message.Headers.Accept.Count == 0)
            message.Headers.TryAddWithoutValidation("Accept", "text/event-stream, application/json");

        // RFC 9110, section 12.5.3: without this header any coding is acceptable.
        message.Headers.AcceptEncoding.Clear();
        message.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");

        var sent = SentRequest.Begin();
        var response = await http.SendAsync(message, cancellation);
        try
        {
            await CheckAsync(response, cancellation);
            return (response, sent.Connection);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private async ValueTask CheckAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (!response.IsSuccessStatusCode)
        {
            var said = provider.Redact(await ErrorBody.ReadAsync(response, time, cancellation));
            UpstreamLog.Refused(log, provider.Name, (int)response.StatusCode, said);
            throw UpstreamStatus.ToException(response.StatusCode, said, RetryAfter.Read(response.Headers, time));
        }

        var coding = response.Content.Headers.ContentEncoding;
        if (coding.Any(static name => !name.Equals("identity", StringComparison.OrdinalIgnoreCase)))
            throw UpstreamFault.Malformed(detail: $"Content-Encoding: {string.Join(", ", coding)}");

        var type = response.Content.Headers.ContentType;
        if (!IsJson(type) && !string.Equals(type?.MediaType, "text/event-stream", StringComparison.OrdinalIgnoreCase))
            throw UpstreamFault.Malformed(detail: $"HTTP {(int)response.StatusCode}, Content-Type: {type?.MediaType ?? "none"}");
    }

    private static bool IsJson(MediaTypeHeaderValue? type) => string.Equals(type?.MediaType, "application/json", StringComparison.OrdinalIgnoreCase);

    private async ValueTask<T> Guarded<T>(Func<ValueTask<T>> step, Func<Exception, UpstreamException> map, CancellationToken cancellation)
    {
        try
        {
            return await step();
        }
        catch (Exception thrown)
        {
            var failure = Failure(thrown, map, cancellation);
            if (failure is UpstreamException && failure != thrown)
                UpstreamLog.Broke(log, thrown, provider.Name);
            throw failure;
        }
    }

    /// <summary>Whatever is thrown becomes the failure that the turn knows; a cancellation is one only if it is ours.</summary>
    private static Exception Failure(Exception thrown, Func<Exception, UpstreamException> map, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
            return new OperationCanceledException(cancellation);
        return thrown as UpstreamException ?? map(thrown);
    }

    /// <summary>An error within the answer may repeat our key as well.</summary>
    private bool Redacted(UpstreamAnswer answer, out ReadOnlySpan<byte> text)
    {
        try
        {
            return answer.Step(out text);
        }
        catch (UpstreamException thrown)
        {
            throw new UpstreamException(thrown.Code, thrown.Message, thrown.IsRetryable, thrown.InnerException) { Detail = provider.Redact(thrown.Detail), RetryAfter = thrown.RetryAfter };
        }
    }
}
