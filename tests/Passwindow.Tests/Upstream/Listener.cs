using Passwindow.Protocol.Upstream;
using Passwindow.Upstream;

namespace Passwindow.Tests.Upstream;

/// <summary>Hears with a function, which says whether it wants more.</summary>
internal sealed class Listener(Func<ChatEvent, bool> hear) : IChatListener
{
    public ValueTask<bool> HearAsync(ChatEvent said) => new(hear(said));
}
