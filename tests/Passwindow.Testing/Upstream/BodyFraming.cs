namespace Passwindow.Testing;

/// <summary>How a <see cref="ScriptedUpstream"/> marks the end of a body (RFC 9112, section 6).</summary>
public enum BodyFraming
{
    /// <summary><c>Transfer-Encoding: chunked</c>; each write is one chunk.</summary>
    Chunked,

    /// <summary>Neither length nor chunks: the body ends where the connection does.</summary>
    UntilClose,

    /// <summary>The script's own headers say it (<c>Content-Length</c>).</summary>
    AsGiven,
}
