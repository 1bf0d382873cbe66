using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;
using Passwindow.Testing;
using Passwindow.Upstream;
using Xunit;

namespace Passwindow.Tests.Upstream;

public class HttpUpstreamStatusTests
{
    [Theory]
    [InlineData(400, ErrorCode.UpstreamRefused, false)]
    [InlineData(401, ErrorCode.UpstreamRefused, false)]
    [InlineData(402, ErrorCode.UpstreamRefused, false)]
    [InlineData(403, ErrorCode.UpstreamRefused, false)]
    [InlineData(404, ErrorCode.UpstreamRefused, false)]
    [InlineData(408, ErrorCode.UpstreamRefused, true)]
    [InlineData(413, ErrorCode.UpstreamRefused, false)]
    [InlineData(422, ErrorCode.UpstreamRefused, false)]
    [InlineData(429, ErrorCode.UpstreamRateLimited, true)]
    [InlineData(500, ErrorCode.UpstreamUnavailable, true)]
    [InlineData(502, ErrorCode.UpstreamUnavailable, true)]
    [InlineData(503, ErrorCode.UpstreamUnavailable, true)]
    [InlineData(504, ErrorCode.UpstreamUnavailable, true)]
    [InlineData(529, ErrorCode.UpstreamUnavailable, true)]
    [InlineData(600, ErrorCode.UpstreamMalformed, false)]
    public async Task A_status_has_a_code_and_the_providers_words_stay_out_of_the_message(int status, ErrorCode code, bool retryable)
    {
        var (text, _, failure) = await Asking.AskAsync(exchange => exchange.RespondAsync(status, $"<html>secret words, key {PlainApi.Key}</html>", "text/html"));

        Assert.Equal("", text);
        Assert.Equal((code, retryable), (failure!.Code, failure.IsRetryable));
        Assert.DoesNotContain("secret", failure.Message);
        Assert.Contains($"HTTP {status}: <html>secret words, key [key]</html>", failure.Detail);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_is_not_followed_and_the_key_goes_nowhere(int status)
    {
        await using var elsewhere = new ScriptedUpstream(exchange => exchange.WriteAsync(PlainApi.Whole));
        var (_, _, failure) = await Asking.AskAsync(exchange => exchange.RespondAsync(status, "", headers: ("Location", elsewhere.BaseAddress.ToString())));

        Assert.Equal(ErrorCode.UpstreamRefused, failure!.Code);
        Assert.Equal(0, elsewhere.ConnectionCount);
    }

    [Theory]
    [InlineData("1", 1.0)]
    [InlineData("0", 0.0)]
    [InlineData("29", 29.0)]
    [InlineData("1000000000", 30.0)]
    [InlineData("Thu, 01 Jan 2026 00:00:20 GMT", 20.0)]
    [InlineData("Thu, 01 Jan 2026 01:00:00 GMT", 30.0)]
    [InlineData("Wed, 31 Dec 2025 23:59:59 GMT", 0.0)]
    [InlineData("-1", null)]
    [InlineData("1.5", null)]
    [InlineData("soon", null)]
    [InlineData("99999999999999999999", null)]
    public async Task Retry_after_is_read_up_to_half_a_minute_and_nonsense_is_ignored(string said, double? seconds)
    {
        var (_, _, failure) = await Asking.AskAsync(exchange => exchange.RespondAsync(429, "{}", headers: ("Retry-After", said)), time: new HandTime());

        Assert.Equal(seconds, failure!.RetryAfter?.TotalSeconds);
    }

    [Fact]
    public async Task An_error_body_without_end_is_read_to_its_limit_and_left()
    {
        await using var server = new ScriptedUpstream(async exchange =>
        {
            await exchange.HeadAsync(500, "text/plain");
            await exchange.WriteAsync(new string('x', 64 * 1024));
            await exchange.SilenceAsync();
        });
        var (_, _, failure) = await Asking.Of(server.BaseAddress, new HandTime()).AllAsync().WaitAsync(Asking.Patience);

        Assert.InRange(failure!.Detail!.Length, 8 * 1024, (8 * 1024) + 20);
        await server.Exchanges[0].ClientGone.WaitAsync(Asking.Patience);
    }

    [Fact]
    public async Task An_error_body_that_does_not_come_is_not_waited_for()
    {
        var time = new HandTime();
        await using var server = new ScriptedUpstream(async exchange =>
        {
            await exchange.HeadAsync(429, "text/plain");
            await exchange.SilenceAsync();
        });
        var asked = Asking.Of(server.BaseAddress, time).AllAsync();
        await time.TimerDueInAsync(TimeSpan.FromSeconds(2)).WaitAsync(Asking.Patience);
        time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(ErrorCode.UpstreamRateLimited, (await asked.WaitAsync(Asking.Patience)).Failure!.Code);
    }

    [Theory]
    [InlineData("OpenAI", "https://api.openai.com/v1", "https://api.openai.com/v1/chat/completions")]
    [InlineData("OpenAI", "https://api.openai.com/v1//", "https://api.openai.com/v1/chat/completions")]
    [InlineData("OpenAI", "http://box:8000?api-version=1", "http://box:8000/chat/completions?api-version=1")]
    [InlineData("Anthropic", "https://api.anthropic.com", "https://api.anthropic.com/v1/messages")]
    [InlineData("Anthropic", "https://proxy/anthropic/", "https://proxy/anthropic/v1/messages")]
    public void A_base_is_what_the_official_sdks_want(string type, string baseUrl, string expected) =>
        Assert.Equal(expected, new ProviderEndpoint("p", UpstreamApi.All.Single(api => api.Name == type), new(baseUrl), null).Url.ToString());

    [Fact]
    public void A_key_that_the_limit_has_cut_is_taken_out_too()
    {
        var provider = new ProviderEndpoint("p", PlainApi.Api, new("http://localhost"), PlainApi.Key);

        Assert.Equal("your key [key]", provider.Redact("your key " + PlainApi.Key[..9]));
        Assert.DoesNotContain(PlainApi.Key, provider.ToString());
    }
}
