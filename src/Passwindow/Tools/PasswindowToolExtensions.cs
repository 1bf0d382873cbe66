using System.Text.Json;
using Microsoft.Extensions.AI;
using Passwindow;
using Passwindow.Tools;

#pragma warning disable IDE0130 // where everybody who adds a service already looks
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Adds tools that the model may call. Besides these, every <see cref="AIFunction"/> in the container (registered as that or as
/// <see cref="AITool"/>) is a tool. Names are 1 to 64 characters of <c>A-Z a-z 0-9 _ -</c>; one that is given twice fails the host's start.
/// </summary>
public static class PasswindowToolExtensions
{
    /// <summary>Adds a tool that the server runs.</summary>
    public static IServiceCollection AddPasswindowTool(this IServiceCollection services, AIFunction tool, Action<ToolOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(tool);
        var options = new ToolOptions();
        configure?.Invoke(options);
        if (options.Timeout is { } timeout && timeout <= TimeSpan.Zero && timeout != Timeout.InfiniteTimeSpan)
            throw new ArgumentException($"The timeout of the tool {tool.Name} must be more than 0, or infinite.", nameof(configure));
        return services.AddSingleton(new ToolRegistration(tool, options));
    }

    /// <summary>
    /// Adds a method as a tool. Its parameters are the arguments that the model writes, except a <see cref="ToolContext"/>, a
    /// <see cref="CancellationToken"/> (cancelled when the turn is stopped or the tool's time is over) and an <see cref="IServiceProvider"/>
    /// (of a scope of this call), which are given to it.
    /// </summary>
    /// <param name="services">The container.</param>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it does, for the model.</param>
    /// <param name="method">The method; what it returns is written as JSON, at most 256 KiB.</param>
    /// <param name="configure">Sets its options.</param>
    public static IServiceCollection AddPasswindowTool(
        this IServiceCollection services, string name, string description, Delegate method, Action<ToolOptions>? configure = null) =>
        services.AddPasswindowTool(AIFunctionFactory.Create(method, ToolMethod.Options(name, description)), configure);

    /// <summary>
    /// Adds an action: a call of it is not run but sent to the client as an <c>action</c> event, <c>{"type": name, …arguments}</c>, and the model is
    /// told that it is done. Only arguments that match the schema, and that it declares, ever reach a client.
    /// </summary>
    /// <param name="services">The container.</param>
    /// <param name="name">Its name, the action's <c>type</c>.</param>
    /// <param name="description">What it does, for the model.</param>
    /// <param name="parameters">The JSON Schema of its arguments: an object whose <c>properties</c> do not include <c>type</c>.</param>
    /// <exception cref="ArgumentException">The schema has a property <c>type</c>.</exception>
    public static IServiceCollection AddPasswindowAction(this IServiceCollection services, string name, string description, JsonElement parameters)
    {
        if (parameters.ValueKind == JsonValueKind.Object && parameters.TryGetProperty("properties", out var properties) && properties.TryGetProperty("type", out _))
            throw new ArgumentException($"The action {name} must not have an argument 'type': that is the action's own name.", nameof(parameters));
        return services.AddSingleton(new ToolRegistration(AIFunctionFactory.CreateDeclaration(name, description, parameters), new ToolOptions()));
    }
}
