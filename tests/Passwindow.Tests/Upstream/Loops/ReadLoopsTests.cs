using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Upstream.Loops;

public sealed class ReadLoopsTests : ConnectedUpstreams
{
    private protected override bool OverLoops => true;

    [Fact]
    public async Task A_name_is_tried_at_each_of_its_addresses()
    {
        // Most machines know localhost as ::1 too, where nobody listens here.
        await using var server = new ScriptedUpstream(static exchange => exchange.WriteAsync(PlainApi.Whole));
        var (text, _, failure) = await Of(new UriBuilder(server.BaseAddress) { Host = "localhost" }.Uri).AllAsync().WaitAsync(Asking.Patience);

        Assert.Null(failure);
        Assert.Equal("Hello", text);
    }
}
