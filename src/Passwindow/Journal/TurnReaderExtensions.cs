using System.Runtime.CompilerServices;
using Passwindow.Protocol;

namespace Passwindow.Journal;

internal static class TurnReaderExtensions
{
    /// <summary>Reads everything that is committed now.</summary>
    public static async IAsyncEnumerable<CommittedEvent> ReadAllAsync(this ITurnReader turn, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var batch = new CommittedEvent[256];
        long after = 0;
        while (await turn.ReadAsync(after, batch, cancellation) is var count and > 0)
        {
            for (int i = 0; i < count; i++)
                yield return batch[i];
            after = batch[count - 1].Seq;
        }
    }
}
