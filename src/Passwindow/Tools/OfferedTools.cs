using Passwindow.Protocol.Upstream;

namespace Passwindow.Tools;

/// <summary>The tools of one turn: those the client runs and those of the server. They stay the same until its end.</summary>
internal sealed class OfferedTools
{
    private readonly Dictionary<string, ServerTool> _server;
    private readonly Dictionary<string, ToolSchema> _client;

    /// <param name="client">The client's.</param>
    /// <param name="server">The server's.</param>
    /// <param name="areRelayed">Whether the client takes every call that is not for the server, and checks its arguments itself.</param>
    public OfferedTools(IReadOnlyList<ToolDeclaration> client, IReadOnlyList<ServerTool> server, bool areRelayed = false)
    {
        AreRelayed = areRelayed;
        _server = server.ToDictionary(static tool => tool.Name, StringComparer.Ordinal);
        _client = client.ToDictionary(static tool => tool.Name, static tool => ToolSchema.Read(tool.Parameters, isClosed: false), StringComparer.Ordinal);
        Declarations = [.. client, .. server.Select(static tool => tool.Declaration)];
    }

    public static OfferedTools None { get; } = new([], []);

    /// <summary>Whether calls that are not for the server go to the client as they are.</summary>
    public bool AreRelayed { get; }

    /// <summary>What the model is told.</summary>
    public IReadOnlyList<ToolDeclaration> Declarations { get; }

    public ServerTool? FindServer(string name) => _server.GetValueOrDefault(name);

    /// <summary>The schema of a tool that the client runs; null if it declared none of that name.</summary>
    public ToolSchema? FindClient(string name) => _client.GetValueOrDefault(name);
}
