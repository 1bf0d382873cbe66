using Passwindow.Testing.Fixtures;
using Xunit;

namespace Passwindow.Protocol.Tests.Upstream;

/// <summary>Whatever a provider sends, reading it ends in an answer or in an <c>UpstreamException</c>, and no delta is cut inside a character.</summary>
public sealed class MutationTests(ITestOutputHelper output)
{
    private static readonly byte[][] Spice =
    [
        [0], [0xFF], [0xC3], "\""u8.ToArray(), "\\"u8.ToArray(), "\\ud83d"u8.ToArray(), "\\ude00"u8.ToArray(), "{"u8.ToArray(), "}"u8.ToArray(), "[["u8.ToArray(),
        "null"u8.ToArray(), "-1e999"u8.ToArray(), "\n\n"u8.ToArray(), "\r"u8.ToArray(), "\ndata: "u8.ToArray(), ","u8.ToArray(), ":"u8.ToArray(), "true"u8.ToArray(),
    ];

    [Theory]
    [InlineData("chat-completions")]
    [InlineData("anthropic-messages")]
    public void A_damaged_recording_never_makes_the_reader_throw_anything_else(string api)
    {
        int seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        byte[][] bodies = [.. UpstreamRecording.NamesOf(api).Select(name => new UpstreamRecording(api, name).Body).Where(body => body.Length < 12_000)];
        int damaged = 0;
        for (int round = 0; round < 2000; round++)
        {
            byte[] body = bodies[random.Next(bodies.Length)];
            for (int wounds = random.Next(1, 4); wounds > 0; wounds--)
                body = Wound(body, random);
            damaged += Answer.Read(RecordingTests.Reader(api), body).Error is null ? 0 : 1;
        }

        Assert.InRange(damaged, 200, 2000);
    }

    private static byte[] Wound(byte[] body, Random random)
    {
        int at = random.Next(body.Length);
        int removed = Math.Min(random.Next(4) == 0 ? random.Next(200) : random.Next(3), body.Length - at);
        return [.. body[..at], .. Spice[random.Next(Spice.Length)], .. body[(at + removed)..]];
    }
}
