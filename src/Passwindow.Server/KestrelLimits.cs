using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Passwindow.Server;

/// <summary>What a client may cost: Kestrel's own defaults fit short answers, not responses that stay open for minutes.</summary>
internal static class KestrelLimits
{
    /// <summary>What the kernel keeps for one connection that does not read; by default it grows to 4 MB each.</summary>
    private const int SendBufferBytes = 64 * 1024;

    private const int LeastDescriptors = 1024;

    private const int TcpLevel = 6;       // IPPROTO_TCP
    private const int TcpUserTimeout = 18; // TCP_USER_TIMEOUT, in milliseconds (Linux, RFC 5482)
    private const int GoneAfterMilliseconds = 10_000;

    /// <summary>
    /// Why it must not be served here; null if it may. A burst of connections is accepted before the surplus is closed, and the runtime dies
    /// (SIGABRT) once not one descriptor is left: below this limit a flood of some hundred connections does that.
    /// </summary>
    public static string? Refusal() => OperatingSystem.IsLinux() && ReadDescriptorLimit() is { } limit and < LeastDescriptors
        ? $"This process may have {limit} open files, and a server needs at least {LeastDescriptors}. Raise the limit (ulimit -n, LimitNOFILE= of a systemd unit)."
        : null;

    public static void Apply(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.MaxConcurrentConnections = MaxConnections();
    }

    /// <summary>
    /// Beyond the limit so many are accepted at once, and closed at once: whoever is too much is told so instead of left waiting.
    /// </summary>
    private const int Surplus = 32;

    /// <summary>Has connections accepted no faster than the surplus is closed.</summary>
    public static IConnectionListenerFactory Bound(IConnectionListenerFactory transport) =>
        MaxConnections() is { } most ? new BoundedListeners(transport, (int)Math.Min(most, int.MaxValue - Surplus) + Surplus) : transport;

    public static void Apply(SocketTransportOptions sockets) => sockets.CreateBoundListenSocket = static endpoint =>
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        if (socket.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6)
        {
            // Accepted connections inherit both. A viewer that vanished without a FIN is noticed after 11 seconds and not after 15 minutes.
            if (OperatingSystem.IsLinux())
                socket.SetRawSocketOption(TcpLevel, TcpUserTimeout, BitConverter.GetBytes(GoneAfterMilliseconds));
            socket.SendBufferSize = SendBufferBytes;
        }

        return socket;
    };

    /// <summary>
    /// Fewer than the process may have descriptors: one that runs out of them dies. A quarter is left, at least 400, for upstreams, files and the runtime.
    /// </summary>
    private static long? MaxConnections()
    {
        if (!OperatingSystem.IsLinux() || ReadDescriptorLimit() is not { } limit)
            return null;
        return Math.Max(64, limit - Math.Max(400, limit / 4));
    }

    private static long? ReadDescriptorLimit()
    {
        string? line = File.ReadLines("/proc/self/limits").FirstOrDefault(static line => line.StartsWith("Max open files", StringComparison.Ordinal));
        string? soft = line?["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return long.TryParse(soft, out long limit) ? limit : null;
    }
}
