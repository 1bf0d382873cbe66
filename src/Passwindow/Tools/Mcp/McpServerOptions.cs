namespace Passwindow;

/// <summary>An MCP server whose tools the model may call: <c>Passwindow:Mcp:{name}</c>. It has either a command or a URL.</summary>
public sealed class McpServerOptions
{
    /// <summary>
    /// The program that is started, with its arguments, as in <c>npx -y some-server stdio</c>; quotes keep an argument with spaces together. With
    /// <see cref="Args"/> it is the program alone.
    /// </summary>
    public string? Command { get; set; }

    /// <summary>The arguments, one by one. Default: those in <see cref="Command"/>.</summary>
    public IList<string> Args { get; } = [];

    /// <summary>Where a server is reached by streamable HTTP; <c>http</c> or <c>https</c>.</summary>
    public string? Url { get; set; }

    /// <summary>
    /// Environment variables for the program. Beside them it gets <c>PATH</c>, <c>HOME</c> and the like, but nothing else of ours: the keys of the providers
    /// are none of its business.
    /// </summary>
    public IDictionary<string, string> Env { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The tools, by the server's own names, that a person must approve at each call; <c>*</c> for all. Default none.</summary>
    public IList<string> RequiresApproval { get; } = [];
}
