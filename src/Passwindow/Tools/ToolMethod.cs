using Microsoft.Extensions.AI;

namespace Passwindow.Tools;

/// <summary>How a method becomes a tool.</summary>
internal static class ToolMethod
{
    public static AIFunctionFactoryOptions Options(string name, string description) => new()
    {
        Name = name,
        Description = description,

        // The model must neither see it nor be able to write it.
        ConfigureParameterBinding = static parameter => parameter.ParameterType == typeof(ToolContext)
            ? new() { ExcludeFromSchema = true, BindParameter = static (_, arguments) => arguments.Context?[typeof(ToolContext)] }
            : default,
    };
}
