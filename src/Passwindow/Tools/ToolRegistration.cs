using Microsoft.Extensions.AI;

namespace Passwindow.Tools;

/// <summary>A tool that was added with its options.</summary>
/// <param name="Tool">The tool; one that is no <see cref="AIFunction"/> is an action.</param>
/// <param name="Options">The options.</param>
internal sealed record ToolRegistration(AIFunctionDeclaration Tool, ToolOptions Options);
