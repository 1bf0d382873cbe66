using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Passwindow.Tools.Mcp;

/// <summary>What an MCP tool gave, in our form: its text, its structured content, or the whole of it where it is more than that.</summary>
internal static class McpResult
{
    /// <exception cref="ToolException">The tool says that it failed; the message is its own text.</exception>
    public static object? Read(CallToolResult result)
    {
        bool textOnly = result.Content.All(static block => block is TextContentBlock);
        string text = string.Join('\n', result.Content.OfType<TextContentBlock>().Select(static block => block.Text));
        if (result.IsError == true)
            throw new ToolException(text.Length > 0 ? text : "The tool failed.");
        if (result.StructuredContent is { } structured)
            return structured;
        return textOnly ? text : JsonSerializer.SerializeToElement(result.Content, McpJsonUtilities.DefaultOptions.GetTypeInfo(result.Content.GetType()));
    }
}
