using Passwindow.Protocol.Upstream;

namespace Passwindow.Tools;

/// <summary>The tools of one turn: those the client runs and those of the server. They stay the same until its end.</summary>
internal sealed class OfferedTools
{
    private readonly Dictionary<string, ServerTool> _server;
    private readonly Dictionary<string, ToolSchema> _client;

    public OfferedTools(IReadOnlyList<ToolDeclaration> client, IReadOnlyList<ServerTool> server)
    {
        _server = server.ToDictionary(static tool => tool.Name, StringComparer.Ordinal);
        _client = client.ToDictionary(static tool => tool.Name, static tool => ToolSchema.Read(tool.Parameters, isClosed: false), StringComparer.Ordinal);
        Declarations = [.. client, .. server.Select(static tool => tool.Declaration)];
    }

    public static OfferedTools None { get; } = new([], []);

    /// <summary>What the model is told.</summary>
    public IReadOnlyList<ToolDeclaration> Declarations { get; }

    public ServerTool? FindServer(string name) => _server.GetValueOrDefault(name);

    /// <summary>The schema of a tool that the client runs; null if it declared none of that name.</summary>
    public ToolSchema? FindClient(string name) => _client.GetValueOrDefault(name);
}
