using Passwindow.Testing.Fixtures;
using Passwindow.Testing.Node;

namespace Passwindow.Tests.Tools;

/// <summary>The MCP servers of <c>tests/npm</c>.</summary>
internal static class NodeServers
{
    private static readonly Lazy<NodePackages?> Installed = new(static () => NodePackages.Install(FixtureFolder.PathOf("..", "npm")));

    /// <summary>The command that starts the protocol's reference server.</summary>
    public static string Everything
    {
        get
        {
            Xunit.Assert.SkipWhen(Installed.Value is null, "node or npm is not installed.");
            return $"node '{Installed.Value!.Folder}/node_modules/@modelcontextprotocol/server-everything/dist/index.js' stdio";
        }
    }
}
