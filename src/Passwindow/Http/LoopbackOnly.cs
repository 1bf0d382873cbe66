using System.Net;
using Microsoft.AspNetCore.Http;

namespace Passwindow.Http;

/// <summary>
/// Without authentication this machine alone is served, and only under its own names: a page of another site that points its name at
/// 127.0.0.1 (DNS rebinding), or a proxy that lets the world in, is refused.
/// </summary>
internal static class LoopbackOnly
{
    /// <summary>Why the request is refused; null if it is not.</summary>
    public static Problem? Refuse(HttpContext context)
    {
        var request = context.Request;
        if (!IsLoopbackHost(request.Host.Host))
            return Problem.Invalid("Without authentication this server answers only to localhost, 127.0.0.1 and [::1].");
        if (context.Connection.RemoteIpAddress is { } remote && !IPAddress.IsLoopback(remote))
            return Problem.Forbidden("Without authentication only this machine is served.");
        if (request.Headers["X-Forwarded-For"].SelectMany(static value => (value ?? "").Split(',')).Any(static hop => !IsLoopbackAddress(hop.Trim())))
            return Problem.Forbidden("Without authentication nobody is served through a proxy from elsewhere.");
        if (request.Headers["Sec-Fetch-Site"] == "cross-site")
            return Problem.Forbidden("Without authentication pages of other sites are not served.");
        return null;
    }

    private static bool IsLoopbackHost(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase) // RFC 6761, section 6.3: these are loopback
        || IsLoopbackAddress(host);

    private static bool IsLoopbackAddress(string text) => IPAddress.TryParse(text.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address);
}
