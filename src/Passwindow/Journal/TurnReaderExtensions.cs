using System.Runtime.CompilerServices;
using Passwindow.Protocol;

namespace Passwindow.Journal;

internal static class TurnReaderExtensions
{
    /// <summary>Reads everything that is committed now and follows <paramref name="after"/>.</summary>
    public static async IAsyncEnumerable<CommittedEvent> ReadAllAsync(this ITurnReader turn, [EnumeratorCancellation] CancellationToken cancellation, long after = 0)
    {
        while (true)
        {
            var batch = new CommittedBatch(); // another each time: what is given out may be kept
            if (await turn.ReadAsync(after, batch, cancellation) == 0)
                yield break;
            for (int i = 0; i < batch.Count; i++)
                yield return batch[i];
            after = batch.LastSeq;
        }
    }
}
