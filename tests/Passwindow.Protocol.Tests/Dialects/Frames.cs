using System.Buffers;
using System.Text;
using Passwindow.Protocol.Dialects;
using Passwindow.Testing;

namespace Passwindow.Protocol.Tests.Dialects;

/// <summary>What a dialect makes of events, as text.</summary>
internal static class Frames
{
    public static readonly TurnId Turn = new("t_1");

    public static byte[] Of(Dialect dialect, params IEnumerable<byte[]> events)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = dialect.CreateWriter(FrameContext.None);
        foreach (var json in events)
            writer.Write(Commit.Of(Turn, json), output);
        return output.WrittenSpan.ToArray();
    }

    public static string Of(Dialect dialect, string json) => Encoding.UTF8.GetString(Of(dialect, [Encoding.UTF8.GetBytes(json)]));

    public static string OfNotice(Dialect dialect, ViewerNotice notice)
    {
        var output = new ArrayBufferWriter<byte>();
        dialect.CreateWriter(FrameContext.None).WriteNotice(notice, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
