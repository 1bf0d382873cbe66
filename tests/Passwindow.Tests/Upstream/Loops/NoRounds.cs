using Passwindow.Upstream.Loops;

namespace Passwindow.Tests.Upstream.Loops;

/// <summary>Nobody who gains by knowing of rounds.</summary>
internal sealed class NoRounds : IReadRounds
{
    public void Begin()
    {
    }

    public void End()
    {
    }
}
