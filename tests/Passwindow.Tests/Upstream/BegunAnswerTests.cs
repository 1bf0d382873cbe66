using System.Text;
using Passwindow.Protocol.Upstream;
using Passwindow.Tests.Tools;
using Passwindow.Upstream;
using Xunit;

namespace Passwindow.Tests.Upstream;

/// <summary>An answer that another model continues.</summary>
public sealed class BegunAnswerTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task White_space_that_was_shown_before_the_seam_is_not_shown_again_however_it_is_cut(bool asText)
    {
        var shown = new List<string>();
        var begun = new BegunAnswer(new Listener(said =>
        {
            shown.Add(Encoding.UTF8.GetString(Assert.IsType<TextDelta>(said).Text.Span));
            return true;
        }));

        await HearAsync("Hello ");
        begun.Break();
        Assert.Equal("Hello", Assert.IsType<TextPart>(Assert.Single(begun.ToMessage().Parts)).Text);
        await HearAsync(" ");
        await HearAsync("\n world");
        await HearAsync(" and all");

        Assert.Equal(["Hello ", "world", " and all"], shown);
        Assert.Equal("Hello world and all", Assert.IsType<TextPart>(Assert.Single(begun.ToMessage().Parts)).Text);

        async ValueTask HearAsync(string text) =>
            Assert.True(await (asText ? begun.HearTextAsync(Encoding.UTF8.GetBytes(text)) : begun.HearAsync(ScriptedModel.Text(text))));
    }
}
