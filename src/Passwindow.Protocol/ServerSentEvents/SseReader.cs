namespace Passwindow.Protocol.ServerSentEvents;

/// <summary>TODO</summary>
public sealed class SseReader
{
    /// <summary>TODO</summary>
    public void Feed(ReadOnlySpan<byte> bytes) => throw new NotImplementedException();

    /// <summary>TODO</summary>
    public bool TryRead(out SseEvent sse) => throw new NotImplementedException();

    /// <summary>TODO</summary>
    public void End() => throw new NotImplementedException();
}
