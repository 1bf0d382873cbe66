using System.Runtime.CompilerServices;
using Passwindow.Protocol;

namespace Passwindow.Journal;

internal static class TurnReaderExtensions
{
    /// <summary>Reads everything that is committed now and follows <paramref name="after"/>.</summary>
    public static async IAsyncEnumerable<CommittedEvent> ReadAllAsync(this ITurnReader turn, [EnumeratorCancellation] CancellationToken cancellation, long after = 0)
    {
        var batch = new CommittedEvent[256];
        while (await turn.ReadAsync(after, batch, cancellation) is var count and > 0)
        {
            for (int i = 0; i < count; i++)
                yield return batch[i];
            after = batch[count - 1].Seq;
        }
    }
}
