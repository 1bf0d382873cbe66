using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;
using Passwindow.Tools.Mcp;

namespace Passwindow.Tools;

/// <summary>The tools of the server: those of the container, those of the MCP servers that are up, and the demo's.</summary>
internal sealed partial class ServerTools : IDisposable, IAsyncDisposable
{
    private readonly List<ServerTool> _own;
    private readonly IReadOnlyList<ServerTool> _demo;
    private readonly McpServers _mcp;
    private readonly AsyncServiceScope _scope;

    /// <summary>Reads what is registered.</summary>
    /// <exception cref="OptionsValidationException">A tool has no valid name, or one that another has.</exception>
    public ServerTools(IServiceScopeFactory scopes, McpServers mcp, TimeProvider time, ILogger<ServerTools> log)
    {
        _mcp = mcp;
        _demo = DemoTools.Create(time);

        // A tool may have been registered for a scope; ours lasts as long as the server.
        _scope = scopes.CreateAsyncScope();
        var services = _scope.ServiceProvider;
        _own = [.. services.GetServices<ToolRegistration>().Select(static added => Of(added.Tool, added.Options))];
        foreach (var tool in services.GetServices<AITool>().Concat(services.GetServices<AIFunction>()).Distinct())
        {
            if (tool is AIFunction function)
                _own.Add(Of(function, new ToolOptions()));
            else
                LogNotRunnable(log, tool.Name);
        }

        foreach (string name in _own.Select(static tool => tool.Name))
        {
            if (!Identifier.IsValid(name))
                throw Wrong($"A tool's name must be 1 to 64 characters of A-Z a-z 0-9 _ -: '{name}' is not.");
            if (_own.Count(tool => tool.Name == name) > 1)
                throw Wrong($"There are two tools named '{name}'.");
        }
    }

    /// <summary>What is offered to a model now.</summary>
    /// <param name="isDemo">Whether the model is the demo, which has tools of its own.</param>
    public IReadOnlyList<ServerTool> For(bool isDemo)
    {
        var tools = new List<ServerTool>(_own);
        if (isDemo)
            tools.AddRange(_demo.Where(demo => !tools.Exists(tool => tool.Name == demo.Name)));
        tools.AddRange(_mcp.Tools(tools.Select(static tool => tool.Name).ToHashSet(StringComparer.Ordinal)));
        return tools;
    }

    /// <inheritdoc/>
    public void Dispose() => _scope.Dispose();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _scope.DisposeAsync();

    private static ServerTool Of(AIFunctionDeclaration tool, ToolOptions options) =>
        new(new ToolDeclaration(tool.Name, tool.Description, tool.JsonSchema.GetRawText()), tool is AIFunction function ? function.InvokeAsync : null)
        {
            RequiresApproval = options.RequiresApproval || tool.GetService<ApprovalRequiredAIFunction>() is not null,
            Timeout = options.Timeout,
        };

    private static OptionsValidationException Wrong(string message) => new(nameof(PasswindowOptions), typeof(PasswindowOptions), [message]);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The tool {Tool} of the container is no AIFunction: it cannot be run here and is not offered.")]
    private static partial void LogNotRunnable(ILogger log, string tool);
}
