using System.Net;
using Microsoft.Extensions.AI;

namespace Passwindow.Client;

/// <summary>A turn could not be begun, or ended in an error, or could not be followed to its end.</summary>
public sealed class PasswindowException : Exception
{
    internal PasswindowException(string code, string message, Exception? innerException = null)
        : base(message, innerException) => Code = code;

    /// <summary>
    /// What went wrong: the <c>code</c> of the server's problem document or <c>error</c> event (<c>turn_active</c>, <c>upstream_timeout</c>, …), or
    /// <c>unreachable</c> if there was no server to begin with, or <c>connection_lost</c> if it could not be reached again for longer than <see cref="PasswindowChatClientOptions.ReconnectTimeout"/>.
    /// </summary>
    public string Code { get; }

    /// <summary>The HTTP status, if the turn was refused; null otherwise.</summary>
    public HttpStatusCode? StatusCode { get; internal init; }

    /// <summary>When to try again, if the server said so.</summary>
    public TimeSpan? RetryAfter { get; internal init; }

    /// <summary>Whether the same request may succeed later.</summary>
    public bool IsRetryable { get; internal init; }

    /// <summary>
    /// Where the turn can be taken up again: a call with it as <see cref="ChatOptions.ContinuationToken"/> gives exactly the rest. Null if the turn has
    /// ended or never began.
    /// </summary>
    public ResponseContinuationToken? ContinuationToken { get; internal init; }
}
