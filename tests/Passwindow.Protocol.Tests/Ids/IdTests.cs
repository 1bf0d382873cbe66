using Xunit;

namespace Passwindow.Protocol.Tests.Ids;

public sealed class IdTests(ITestOutputHelper log)
{
    private const int Rounds = 5_000;
    private const ulong LargestPlace = (1UL << 40) - 1;

    [Fact]
    public void Ids_sort_by_the_time_they_were_made_at()
    {
        int seed = Random.Shared.Next();
        log.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var times = Enumerable.Range(0, Rounds).Select(_ => DateTimeOffset.FromUnixTimeMilliseconds(random.NextInt64(1L << 45))).Order().Distinct().ToList();

        var turns = times.Select(time => TurnId.Create(time, (ulong)random.NextInt64(1L << 40)).Value).ToList();
        var conversations = times.Select(time => ConversationId.Create(time).Value).ToList();

        Assert.Equal(turns, turns.Order(StringComparer.Ordinal));
        Assert.Equal(conversations, conversations.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Ids_of_one_instant_share_nothing_but_time_and_place_and_use_every_random_bit()
    {
        var ids = Enumerable.Range(0, Rounds).Select(_ => TurnId.Create(DateTimeOffset.UnixEpoch, 5).Value).ToList();
        Assert.Equal(Rounds, ids.Distinct().Count());
        Assert.All(ids, id => Assert.True(Identifier.IsValid(id)));

        // 26 characters of 5 bits are 130: each of them takes all 32 values. One would be missed by chance once in 10^60 runs.
        const int fixedPart = 2 + 9 + 8, randomPart = 26;
        Assert.All(ids, id => Assert.Equal(fixedPart + randomPart, id.Length));
        Assert.Single(ids.Select(id => id[..fixedPart]).Distinct());
        for (int i = fixedPart; i < fixedPart + randomPart; i++)
            Assert.Equal(32, ids.Select(id => id[i]).Distinct().Count());
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(1UL)]
    [InlineData(31UL)]
    [InlineData(32UL)]
    [InlineData(0x0123456789UL)]
    [InlineData(LargestPlace)]
    public void A_place_travels_in_the_id(ulong place)
    {
        Assert.True(TurnId.TryParse(TurnId.Create(DateTimeOffset.UnixEpoch, place).Value, out var id));
        Assert.True(id.TryGetPlace(out ulong read));
        Assert.Equal(place, read);
    }

    [Fact]
    public void An_id_that_the_server_did_not_make_has_no_place()
    {
        Assert.False(new TurnId("t_1").TryGetPlace(out _));
        Assert.False(new TurnId(ConversationId.Create(DateTimeOffset.UnixEpoch).Value).TryGetPlace(out _));
        string made = TurnId.Create(DateTimeOffset.UnixEpoch, 7).Value;
        Assert.False(new TurnId(made[..18] + "U" + made[19..]).TryGetPlace(out ulong place));
        Assert.Equal(0UL, place);
        Assert.False(new TurnId("x" + made[1..]).TryGetPlace(out _));
        Assert.False(new TurnId(made[0] + "-" + made[2..]).TryGetPlace(out _));
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("Chat_2026-01-01", true)]
    [InlineData("-", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("a b", false)]
    [InlineData("a:1", false)]
    [InlineData("../etc", false)]
    [InlineData("a\n", false)]
    [InlineData("a\0", false)]
    [InlineData("ä", false)]
    [InlineData("\u0661", false)]
    public void Only_the_form_of_an_id_is_taken(string? text, bool valid)
    {
        Assert.Equal(valid, TurnId.TryParse(text, out var turn));
        Assert.Equal(valid, ConversationId.TryParse(text, out var conversation));
        Assert.Equal(valid, TenantId.TryParse(text, out var tenant));
        Assert.Equal((valid ? text : null, valid ? text : null, valid ? text : null), (turn.Value, conversation.Value, tenant.Value));
    }

    [Fact]
    public void An_id_has_at_most_64_characters()
    {
        Assert.True(TurnId.TryParse(new string('a', 64), out _));
        Assert.False(TurnId.TryParse(new string('a', 65), out _));
    }
}
