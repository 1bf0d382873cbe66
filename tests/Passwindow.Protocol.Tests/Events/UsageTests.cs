using Xunit;

namespace Passwindow.Protocol.Tests.Events;

public sealed class UsageTests
{
    [Fact]
    public void A_number_that_only_one_answer_knows_is_kept_and_one_that_none_knows_stays_absent()
    {
        var sum = new Usage { InputTokens = 1, OutputTokens = 2 } + new Usage { InputTokens = 10, CachedTokens = 3 };
        Assert.Equal(new Usage { InputTokens = 11, OutputTokens = 2, CachedTokens = 3 }, sum);
    }
}
