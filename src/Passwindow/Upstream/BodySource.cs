namespace Passwindow.Upstream;

/// <summary>Where the bytes of an answer's body come from. Reading is in two parts, so that who reads for every token waits in a method of its own and in no other.</summary>
internal abstract class BodySource : IDisposable
{
    /// <summary>Whether the body was read to its end.</summary>
    public bool HasEnded { get; protected set; }

    /// <summary>Waits for bytes; the result is for <see cref="TryRead"/>.</summary>
    public abstract ValueTask<int> BeginRead(CancellationToken cancellation);

    /// <summary>What has come, none of it at the end; false if that was nothing of the body itself. The bytes are valid until the next read, or until the caller waits for anything else.</summary>
    public abstract bool TryRead(int result, out ReadOnlyMemory<byte> bytes);

    public abstract void Dispose();
}
