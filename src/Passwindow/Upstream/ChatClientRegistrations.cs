using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Passwindow.Upstream;

/// <summary>
/// The <see cref="IChatClient"/>s of the container: one without a key is the provider <c>chat-client</c>, one with a key (a string) the provider of that name.
/// A container does not tell its keys, so they are read from what was registered, once everything is.
/// </summary>
internal sealed class ChatClientRegistrations(IServiceCollection services)
{
    private const string Unkeyed = "chat-client";

    /// <summary>The names and what makes the clients.</summary>
    public IEnumerable<(string Name, Func<IServiceProvider, IChatClient> Get)> Read()
    {
        var registered = services.Where(static service => service.ServiceType == typeof(IChatClient)).ToList();
        if (registered.Exists(static service => !service.IsKeyedService))
            yield return (Unkeyed, static services => services.GetRequiredService<IChatClient>());

        foreach (var key in registered.Where(static service => service.IsKeyedService).Select(static service => service.ServiceKey).OfType<string>().Distinct())
        {
            ProviderSetting.CheckName(key, $"The key '{key}' of an IChatClient");
            yield return (key, services => services.GetRequiredKeyedService<IChatClient>(key));
        }
    }
}
