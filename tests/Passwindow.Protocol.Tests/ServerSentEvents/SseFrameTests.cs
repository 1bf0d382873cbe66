using System.Buffers;
using System.Text;
using Passwindow.Protocol.ServerSentEvents;
using Xunit;

namespace Passwindow.Protocol.Tests.ServerSentEvents;

public sealed class SseFrameTests
{
    [Theory]
    [InlineData("\n")]
    [InlineData("\r")]
    [InlineData("a\nid: 9")]
    public void A_data_line_refuses_a_line_break_and_writes_nothing(string line)
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.Throws<ArgumentException>(() => SseFrame.WriteDataLine(output, Encoding.UTF8.GetBytes(line)));
        Assert.Equal(0, output.WrittenCount);
    }

    [Theory]
    [InlineData("", "data: \n")]
    [InlineData("a", "data: a\n")]
    [InlineData(" a", "data:  a\n")]
    [InlineData("a\n", "data: a\ndata: \n")]
    [InlineData("\n\n", "data: \ndata: \ndata: \n")]
    [InlineData("a\r\nb\rc\n\rd", "data: a\ndata: b\ndata: c\ndata: \ndata: d\n")]
    public void Text_becomes_one_line_each(string text, string expected)
    {
        var output = new ArrayBufferWriter<byte>();
        SseFrame.WriteDataText(output, Encoding.UTF8.GetBytes(text));
        Assert.Equal(expected, Encoding.UTF8.GetString(output.WrittenSpan));
    }
}
