using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Server.Tests;

public sealed class EveryTransportTests
{
    [Theory]
    [InlineData("1.0", false)]
    [InlineData("1.1", false)]
    [InlineData("1.1", true)]
    [InlineData("2.0", true)]
    public async Task An_answer_is_the_same_over_every_version_and_beneath_tls_and_its_connection_goes_on(string version, bool tls)
    {
        using var folder = new Folder();
        await using var upstream = new ScriptedUpstream(static async exchange =>
        {
            for (int number = 0; number < 50; number++)
                await exchange.WriteAsync(ChatChunks.Text($"{number} {new string('x', number * 40)}"));
            await exchange.WriteAsync(ChatChunks.Finish("stop"));
            await exchange.WriteAsync(ChatChunks.Done);
        });
        using var certificate = MakeCertificate();
        await using var server = await ServerProcess.StartAsync(folder.Journal, upstream, tls ? ["--urls", "https://127.0.0.1:0", .. Settings(certificate, folder.Path)] : []);
        Assert.Equal(tls ? "https" : "http", server.Address.Scheme);
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1, SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == certificate.Thumbprint } });

        for (int i = 0; i < 2; i++) // the second on the same connection, where there is one
        {
            using var response = await GetAsync("/chat/stream?prompt=Hi");
            Assert.Equal(version == "1.0" ? "1.1" : version, response.Version.ToString()); // RFC 9110, section 6.2: a server answers with the highest version it conforms to
            string shown = await response.Content.ReadAsStringAsync().WaitAsync(ServerProcess.Patience);
            Assert.EndsWith("\n\n", shown, StringComparison.Ordinal);
            using var again = await GetAsync($"/chat/turns/{response.Headers.GetValues("Passwindow-Turn").Single()}/events");
            Assert.Equal(await again.Content.ReadAsStringAsync().WaitAsync(ServerProcess.Patience), shown);
            Assert.Contains("49 xxx", shown, StringComparison.Ordinal);
        }

        Task<HttpResponseMessage> GetAsync(string path)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, path)) { Version = Version.Parse(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            request.Headers.Accept.ParseAdd("text/event-stream");
            return client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(ServerProcess.Patience);
        }
    }

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private static string[] Settings(X509Certificate2 certificate, string folder)
    {
        string path = Path.Combine(folder, "certificate.pfx");
        File.WriteAllBytes(path, certificate.Export(X509ContentType.Pkcs12, "secret"));
        return [$"--Kestrel:Certificates:Default:Path={path}", "--Kestrel:Certificates:Default:Password=secret"];
    }
}
