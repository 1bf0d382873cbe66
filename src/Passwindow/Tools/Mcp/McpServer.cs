using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Passwindow.Tools.Mcp;

/// <summary>
/// One MCP server, kept connected in the background. While it is down its tools are not offered, and no turn waits for it. Its tools are those of the
/// first listing: what it adds or changes later is not used until the next start of ours.
/// </summary>
internal sealed partial class McpServer(string name, McpServerOptions options, TimeProvider time, ILogger<McpServer> log)
{
    /// <summary>How long connecting and listing may take.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    /// <summary>How many tools of one server are offered.</summary>
    private const int MaxTools = 128;

    private volatile IReadOnlyList<McpTool>? _pinned;
    private volatile IReadOnlyList<McpTool> _usable = [];
    private volatile McpClient? _client;

    public string Name => name;

    /// <summary>Its tools; empty while it is down.</summary>
    public IReadOnlyList<McpTool> Tools => _client is null ? [] : _usable;

    /// <summary>All it ever had, up or down: what others are called must not depend on that.</summary>
    public IReadOnlyList<McpTool> Known => _pinned ?? [];

    public bool RequiresApproval(McpTool tool) => options.RequiresApproval.Contains("*") || options.RequiresApproval.Contains(tool.Name);

    /// <summary>Calls one of its tools.</summary>
    public async ValueTask<object?> CallAsync(string tool, AIFunctionArguments arguments, CancellationToken cancellation)
    {
        var client = _client ?? throw new ToolException("The tool's server is down.");
        return McpResult.Read(await client.CallToolAsync(tool, arguments, cancellationToken: cancellation));
    }

    /// <summary>Connects, and again whenever the connection ends, until it is cancelled. Never throws.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var pause = FirstPause;
        bool told = false;
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                if (await ServeAsync(cancellation))
                    pause = FirstPause;
                told = false;
            }
            catch (Exception failure) when (!cancellation.IsCancellationRequested)
            {
                // Once, not at every attempt.
                if (!told)
                    LogDown(failure, name);
                told = true;
            }
            catch (Exception)
            {
                return;
            }

            await Task.Delay(pause, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task<bool> ServeAsync(CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        await using var link = await McpLink.OpenAsync(options, ClientOptions(), either.Token);
        Compare(await link.Client.ListToolsAsync(cancellationToken: either.Token));
        _client = link.Client;
        LogUp(name, _usable.Count);
        try
        {
            await link.Client.Completion.WaitAsync(cancellation);
        }
        finally
        {
            _client = null;
        }

        LogEnded(name);
        return true;
    }

    private McpClientOptions ClientOptions() => new()
    {
        ClientInfo = new Implementation { Name = "passwindow", Version = typeof(McpServer).Assembly.GetName().Version?.ToString(3) ?? "0" },
        InitializationTimeout = Patience,
        Handlers = new McpClientHandlers
        {
            NotificationHandlers = [new(NotificationMethods.ToolListChangedNotification, (_, cancellation) => ListAgainAsync(cancellation))],
        },
    };

    private async ValueTask ListAgainAsync(CancellationToken cancellation)
    {
        if (_client is { } client)
            Compare(await client.ListToolsAsync(cancellationToken: cancellation));
    }

    private void Compare(IEnumerable<McpClientTool> listed)
    {
        var tools = listed.Select(McpTool.Of).DistinctBy(static tool => tool.Name).Take(MaxTools).ToList();
        var pinned = _pinned ??= tools;
        foreach (var changed in tools.Except(pinned))
            LogChanged(changed.Name, name);
        _usable = [.. pinned.Intersect(tools)];
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The MCP server {Server} is up with {Count} tools.")]
    private partial void LogUp(string server, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The MCP server {Server} cannot be reached: its tools are not offered. It is tried again.")]
    private partial void LogDown(Exception failure, string server);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The connection to the MCP server {Server} has ended: its tools are not offered until it is back.")]
    private partial void LogEnded(string server);

    [LoggerMessage(
        Level = LogLevel.Warning, EventName = "tool.changed", Message = "The tool {Tool} of the MCP server {Server} is new or not what it was: it is not offered.")]
    private partial void LogChanged(string tool, string server);
}
