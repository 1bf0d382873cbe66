using System.Security.Cryptography;
using System.Text;
using ModelContextProtocol.Client;

namespace Passwindow.Tools.Mcp;

/// <summary>A tool of an MCP server as it was first told to us. One that says something else of itself later is not the tool that was looked at.</summary>
/// <param name="Name">The server's own name for it.</param>
/// <param name="Description">What it does.</param>
/// <param name="Schema">The JSON Schema of its arguments.</param>
/// <param name="Hash">Of all that.</param>
internal sealed record McpTool(string Name, string? Description, string Schema, string Hash)
{
    public static McpTool Of(McpClientTool tool)
    {
        string schema = tool.JsonSchema.GetRawText();
        byte[] said = Encoding.UTF8.GetBytes($"{tool.Name}\0{tool.Description}\0{schema}");
        return new McpTool(tool.Name, tool.Description, schema, Convert.ToHexStringLower(SHA256.HashData(said)));
    }
}
