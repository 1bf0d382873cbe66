namespace Passwindow.Testing;

/// <summary>How and when the client of a <see cref="ScriptedUpstream"/> left.</summary>
/// <param name="Reset">It reset the connection (RST); otherwise it closed it (FIN).</param>
/// <param name="At">When that was seen: <see cref="TimeProvider.GetTimestamp"/> of the system.</param>
public readonly record struct ClientDeparture(bool Reset, long At);
