using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Tools.Mcp;

/// <summary>The MCP servers of the configuration, and what the model knows their tools by.</summary>
internal sealed class McpServers : IHostedService
{
    private readonly List<McpServer> _servers;
    private readonly ConcurrentDictionary<(McpServer Server, string Name, string Hash), ServerTool> _made = new();
    private readonly CancellationTokenSource _ending = new();
    private Task _running = Task.CompletedTask;

    public McpServers(IOptions<PasswindowOptions> options, TimeProvider time, ILogger<McpServer> log) =>
        _servers = [.. options.Value.Mcp.Select(server => new McpServer(server.Key, server.Value, time, log))];

    /// <summary>
    /// The tools of the servers that are up. Each has the name that its server gave it, or <c>server_name</c> where another tool has that name too; one for
    /// which neither is free is left out.
    /// </summary>
    /// <param name="taken">The names of other tools.</param>
    public IEnumerable<ServerTool> Tools(IReadOnlySet<string> taken)
    {
        var names = new HashSet<string>(taken, StringComparer.Ordinal);
        var known = _servers.SelectMany(static server => server.Known.Select(static tool => Spell(tool.Name)))
            .CountBy(static name => name).ToDictionary(StringComparer.Ordinal);
        foreach (var server in _servers)
        {
            foreach (var tool in server.Tools)
            {
                string name = Spell(tool.Name);
                if (taken.Contains(name) || known.GetValueOrDefault(name) > 1)
                    name = Spell($"{server.Name}_{tool.Name}");
                if (names.Add(name))
                    yield return _made.GetOrAdd((server, name, tool.Hash), static (made, tool) => Make(made.Server, made.Name, tool), tool);
            }
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Nothing waits for them: a server that is down, or slow to start, delays neither the start nor a turn.
        _running = Task.WhenAll(_servers.Select(server => Task.Run(() => server.RunAsync(_ending.Token), CancellationToken.None)));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _ending.CancelAsync();
        await _running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static ServerTool Make(McpServer server, string name, McpTool tool) =>
        new(new ToolDeclaration(name, tool.Description, tool.Schema), (arguments, cancellation) => server.CallAsync(tool.Name, arguments, cancellation))
        {
            RequiresApproval = server.RequiresApproval(tool),
        };

    /// <summary>A name in the alphabet of ids, which every provider accepts.</summary>
    private static string Spell(string name)
    {
        string spelled = string.Concat(name.Take(Identifier.MaxLength).Select(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c : '_'));
        return spelled.Length == 0 ? "_" : spelled;
    }
}
