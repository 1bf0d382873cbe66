using Passwindow.Protocol;

namespace Passwindow;

/// <summary>Who makes a request. Everything that is read or written is theirs alone.</summary>
/// <param name="Tenant">Whose data it is.</param>
/// <param name="User">Who of theirs; null when nobody is signed in. At most 256 characters.</param>
public sealed record Caller(TenantId Tenant, string? User = null)
{
    /// <summary>Anybody on this machine, where there is no authentication.</summary>
    public static Caller Local { get; } = new(TenantId.Default);
}
