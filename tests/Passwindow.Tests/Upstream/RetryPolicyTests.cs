using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;
using Passwindow.Upstream;
using Xunit;

namespace Passwindow.Tests.Upstream;

public class RetryPolicyTests
{
    private static readonly RetryPolicy Policy = RetryPolicy.Of(2);

    private static UpstreamException Failure(ErrorCode code = ErrorCode.UpstreamUnavailable, bool retryable = true) => new(code, "It failed.", retryable);

    [Fact]
    public void The_waits_grow_and_are_scattered_over_their_upper_half()
    {
        for (int i = 0; i < 100; i++)
        {
            Assert.InRange(Policy.WaitAfter(Failure(), 0, TimeSpan.Zero)!.Value.TotalMilliseconds, 250, 500);
            Assert.InRange(Policy.WaitAfter(Failure(), 1, TimeSpan.Zero)!.Value.TotalMilliseconds, 500, 1000);
        }

        Assert.Null(Policy.WaitAfter(Failure(), 2, TimeSpan.Zero));
        Assert.Null(RetryPolicy.Of(0).WaitAfter(Failure(), 0, TimeSpan.Zero));
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(7, 0, 7)]
    [InlineData(30, 0, null)]
    [InlineData(20, 15, null)]
    public void What_the_provider_asks_for_is_obeyed_below_30_seconds_in_all(int asked, int waited, int? wait)
    {
        var failure = new UpstreamException(ErrorCode.UpstreamRateLimited, "Slower.", retryable: true) { RetryAfter = TimeSpan.FromSeconds(asked) };
        Assert.Equal(wait, Policy.WaitAfter(failure, 0, TimeSpan.FromSeconds(waited))?.TotalSeconds);
    }

    [Theory]
    [InlineData(ErrorCode.UpstreamRefused)]
    [InlineData(ErrorCode.UpstreamMalformed)]
    [InlineData(ErrorCode.UpstreamTruncated)]
    [InlineData(ErrorCode.UpstreamTimeout)]
    [InlineData(ErrorCode.Internal)]
    public void Nothing_else_is_asked_again(ErrorCode code) => Assert.Null(Policy.WaitAfter(Failure(code), 0, TimeSpan.Zero));

    [Fact]
    public void A_quota_that_is_used_up_and_a_request_left_unanswered_are_not_asked_again()
    {
        Assert.Null(Policy.WaitAfter(Failure(ErrorCode.UpstreamRateLimited, retryable: false), 0, TimeSpan.Zero));
        Assert.Null(Policy.WaitAfter(new UpstreamException(ErrorCode.UpstreamUnavailable, "Gone.", retryable: true) { WasLeftUnanswered = true }, 0, TimeSpan.Zero));
    }

    [Fact]
    public void Another_model_is_asked_for_failures_of_the_provider_alone()
    {
        Assert.All(
            new[] { ErrorCode.UpstreamUnavailable, ErrorCode.UpstreamRateLimited, ErrorCode.UpstreamTimeout, ErrorCode.UpstreamTruncated },
            static code => Assert.True(RetryPolicy.MayFailOver(Failure(code))));
        Assert.All(
            new[] { ErrorCode.UpstreamRefused, ErrorCode.UpstreamMalformed, ErrorCode.Internal },
            static code => Assert.False(RetryPolicy.MayFailOver(Failure(code))));
    }
}
