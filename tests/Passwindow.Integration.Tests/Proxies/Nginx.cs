using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Xunit;

namespace Passwindow.Integration.Tests.Proxies;

/// <summary>A real nginx in front of a server, by one of the configurations in <c>tests/proxies</c>. It ends with the test.</summary>
internal sealed class Nginx : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _folder;

    private Nginx(Process process, string folder, Uri address)
    {
        _process = process;
        _folder = folder;
        Address = address;
    }

    public Uri Address { get; }

    /// <summary>Starts it. Without nginx the test is left out; in CI it fails.</summary>
    public static async Task<Nginx> StartAsync(string configuration, Uri origin)
    {
        const string program = "/usr/sbin/nginx";
        if (!File.Exists(program) && Environment.GetEnvironmentVariable("CI") != "true")
            Assert.Skip("nginx is missing");
        string folder = Directory.CreateTempSubdirectory("passwindow-nginx-").FullName;
        File.SetUnixFileMode(folder, (UnixFileMode)0x1FF); // nginx's workers are another user
        int port = FreePort();
        string text = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Files", configuration + ".conf.template"));
        WriteCertificate(folder);
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["LISTEN_PORT"] = $"{port}",
            ["TLS_PORT"] = $"{FreePort()}",
            ["ORIGIN_PORT"] = $"{origin.Port}",
            ["TMP"] = folder,
            ["CERT"] = Path.Combine(folder, "cert.pem"),
            ["KEY"] = Path.Combine(folder, "key.pem"),
        })
        {
            text = text.Replace("${" + name + "}", value, StringComparison.Ordinal);
        }

        string file = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(file, text);
        var process = Process.Start(new ProcessStartInfo(program, ["-c", file, "-p", folder]) { RedirectStandardError = true })!;
        var nginx = new Nginx(process, folder, new Uri($"http://127.0.0.1:{port}/"));
        await nginx.AnswersAsync();
        return nginx;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task AnswersAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (true)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(Address.Host, Address.Port, limit.Token);
                return;
            }
            catch (SocketException) when (!_process.HasExited)
            {
                await Task.Delay(20, limit.Token); // it is not up yet; nothing else tells when it is
            }
        }
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static void WriteCertificate(string folder)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        File.WriteAllText(Path.Combine(folder, "cert.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
    }
}
