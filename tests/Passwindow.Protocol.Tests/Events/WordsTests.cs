using System.Text.Json;
using Xunit;

namespace Passwindow.Protocol.Tests.Events;

public sealed class WordsTests
{
    [Fact]
    public void The_words_are_those_of_the_contract()
    {
        Assert.Equal(
            "stop length content_filter tool_calls tool_limit stopped abandoned interrupted error",
            string.Join(' ', Enum.GetValues<FinishReason>().Select(Words.Of)));
        Assert.Equal(
            "upstream_unavailable upstream_refused upstream_rate_limited upstream_timeout upstream_truncated upstream_malformed "
            + "tool_failed journal_unavailable gap unauthorized shutting_down internal",
            string.Join(' ', Enum.GetValues<ErrorCode>().Select(Words.Of)));
    }

    [Fact]
    public void A_word_is_read_back_and_spelled_by_the_serializer_alike()
    {
        foreach (var reason in Enum.GetValues<FinishReason>())
        {
            Assert.True(Words.TryParse(Words.Of(reason), out FinishReason read));
            Assert.Equal(reason, read);
            Assert.Equal($"\"{Words.Of(reason)}\"", JsonSerializer.Serialize(reason));
        }

        foreach (var code in Enum.GetValues<ErrorCode>())
        {
            Assert.True(Words.TryParse(Words.Of(code), out ErrorCode read));
            Assert.Equal(code, read);
            Assert.Equal($"\"{Words.Of(code)}\"", JsonSerializer.Serialize(code));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Stop")]
    [InlineData("0")]
    [InlineData(" stop")]
    public void Other_words_are_not_taken(string? word)
    {
        Assert.False(Words.TryParse(word, out FinishReason _));
        Assert.False(Words.TryParse(word, out ErrorCode _));
    }

    [Fact]
    public void Event_types_are_read_back_and_an_unknown_one_is_not_written()
    {
        foreach (var type in Enum.GetValues<EventType>().Skip(1))
            Assert.Equal(type, EventTypes.Parse(EventTypes.Name(type)));
        Assert.Equal(EventType.Unknown, EventTypes.Parse("Token"u8));
        Assert.Equal(EventType.Unknown, EventTypes.Parse(""u8));
        Assert.Throws<ArgumentOutOfRangeException>(() => EventTypes.Name(EventType.Unknown).Length);
    }
}
