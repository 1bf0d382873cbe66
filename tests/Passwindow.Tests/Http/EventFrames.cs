using System.Buffers;
using System.Text;
using Passwindow.Protocol;
using Passwindow.Protocol.Dialects;
using Passwindow.Testing;

namespace Passwindow.Tests.Http;

/// <summary>What a dialect makes of an event that a native viewer was shown: native data is the journal's own bytes.</summary>
internal static class EventFrames
{
    public static byte[] Of(string dialect, params IEnumerable<StreamEvent> native)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = Dialect.Find(dialect)!.CreateWriter(FrameContext.None);
        foreach (var shown in native)
        {
            if (EventCursor.TryParse(shown.Id, out var cursor))
                writer.Write(Commit.Of(cursor.Turn, Encoding.UTF8.GetBytes(shown.Data)), output);
        }

        return output.WrittenSpan.ToArray();
    }

    public static long Seq(this StreamEvent native) => EventCursor.TryParse(native.Id, out var cursor) ? cursor.Seq : 0;
}
