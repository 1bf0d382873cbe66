using System.Net;
using System.Net.Sockets;

namespace Passwindow.Testing;

/// <summary>Stands between a client and a server on this machine, passes bytes on as they come, and cuts all connections when told to.</summary>
public sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Uri _server;
    private readonly List<TcpClient> _open = [];
    private readonly Task _accepting;

    /// <summary>Starts listening.</summary>
    public CuttingProxy(Uri server)
    {
        _server = server;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _accepting = AcceptAsync();
    }

    /// <summary>Where clients connect, with a slash at the end.</summary>
    public Uri Address { get; }

    /// <summary>Resets every connection that is open now; new ones are taken.</summary>
    public void CutAll()
    {
        lock (_open)
        {
            foreach (var connection in _open)
            {
                connection.LingerState = new LingerOption(true, 0); // RST, as a network that breaks
                connection.Close();
            }

            _open.Clear();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        CutAll();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = PassAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Stopped.
        }
    }

    private async Task PassAsync(TcpClient client)
    {
        var server = new TcpClient();
        lock (_open)
            _open.AddRange([client, server]);
        using (client)
        using (server)
        {
            try
            {
                client.NoDelay = server.NoDelay = true;
                await server.ConnectAsync(_server.Host, _server.Port);
                await Task.WhenAny(CopyAsync(client, server), CopyAsync(server, client));
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // One side is gone; the other goes with it.
            }

            lock (_open)
            {
                _open.Remove(client);
                _open.Remove(server);
            }
        }
    }

    private static async Task CopyAsync(TcpClient from, TcpClient to)
    {
        try
        {
            await from.GetStream().CopyToAsync(to.GetStream());
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // As above.
        }
    }
}
