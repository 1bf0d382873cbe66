using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Passwindow.Tools.Mcp;

/// <summary>One connection to an MCP server: a program that we started, or a URL. Disposing of it ends the program and whatever that started.</summary>
internal sealed class McpLink : IAsyncDisposable
{
    // What the SDKs of the protocol pass on by default, on Unix and on Windows.
    private static readonly string[] PassedOn =
    [
        "HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER", "LANG", "TMPDIR", "APPDATA", "HOMEDRIVE", "HOMEPATH", "LOCALAPPDATA", "PATHEXT",
        "PROCESSOR_ARCHITECTURE", "SYSTEMDRIVE", "SYSTEMROOT", "TEMP", "TMP", "USERNAME", "USERPROFILE", "PROGRAMFILES",
    ];

    private readonly Process? _process;
    private readonly HttpClient? _http;

    private McpLink(McpClient client, Process? process, HttpClient? http)
    {
        Client = client;
        _process = process;
        _http = http;
    }

    public McpClient Client { get; }

    /// <summary>Connects and agrees on the protocol.</summary>
    public static async Task<McpLink> OpenAsync(McpServerOptions options, McpClientOptions client, CancellationToken cancellation)
    {
        var logs = NullLoggerFactory.Instance; // the protocol's own log would quote the conversation; what fails is thrown
        Process? process = null;
        HttpClient? http = null;
        try
        {
            IClientTransport transport;
            if (options.Url is { } url)
            {
                // A redirect would carry the conversation to where nobody configured it.
                var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false };
                http = new HttpClient(new BoundedResponses(handler)) { Timeout = Timeout.InfiniteTimeSpan };
                var settings = new HttpClientTransportOptions { Endpoint = new Uri(url), TransportMode = HttpTransportMode.StreamableHttp };
                transport = new HttpClientTransport(settings, http, logs, ownsHttpClient: false);
            }
            else
            {
                process = Start(options);
                transport = new StreamClientTransport(process.StandardInput.BaseStream, new BoundedStream(process.StandardOutput.BaseStream, MessageEnd.Line), logs);
            }

            return new McpLink(await McpClient.CreateAsync(transport, client, logs, cancellation), process, http);
        }
        catch
        {
            Kill(process);
            http?.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // First the program: the protocol's own ending waits for it to answer.
        Kill(_process);
        try
        {
            await Client.DisposeAsync();
        }
        catch (Exception)
        {
            // It is gone either way.
        }

        _http?.Dispose();
    }

    private static Process Start(McpServerOptions options)
    {
        var parts = options.Args.Count > 0 ? [options.Command!, .. options.Args] : CommandLine.Split(options.Command!);
        var start = new ProcessStartInfo(parts[0], parts.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (string name in start.Environment.Keys.Except(PassedOn, StringComparer.OrdinalIgnoreCase).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in options.Env)
            start.Environment[name] = value;
        var process = Process.Start(start) ?? throw new InvalidOperationException("The program did not start.");

        // Read and dropped: it may hold anything, and a full pipe would stop the program.
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        return process;
    }

    private static void Kill(Process? process)
    {
        try
        {
            process?.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception or AggregateException)
        {
            // It ended by itself.
        }

        process?.Dispose();
    }
}
