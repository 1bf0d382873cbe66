using System.Text.RegularExpressions;
using Xunit;

namespace Passwindow.Tests.House;

/// <summary>What a reader of this house may rely on.</summary>
public sealed partial class StyleTests
{
    private const int LongestFile = 400;

    [Fact]
    public void A_file_holds_one_idea()
    {
        var tooLong = SourceTree.CSharp("src").Select(static path => (Name: SourceTree.Name(path), Lines: File.ReadLines(path).Count())).Where(static file => file.Lines > LongestFile);
        Assert.Empty(tooLong);
    }

    [Fact]
    public void Nothing_is_left_for_later()
    {
        var left = SourceTree.CSharp("src").Where(static path => Unfinished().IsMatch(File.ReadAllText(path))).Select(SourceTree.Name);
        Assert.Empty(left);
    }

    [Fact]
    public void Names_say_what_a_thing_is()
    {
        var vague =
            from path in SourceTree.CSharp("src")
            from Match match in VagueType().Matches(File.ReadAllText(path))
            select $"{SourceTree.Name(path)}: {match.Groups[1].Value}";
        Assert.Empty(vague);
    }

    [Fact]
    public void Every_setting_stands_in_the_reference()
    {
        string reference = File.ReadAllText(Path.Combine(SourceTree.Root, "docs/settings.md"));
        Assert.All(Hosting.ConfigureFromConfiguration.Names, name => Assert.Contains($"`Passwindow:{name}`", reference, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"\bTODO\b|\bFIXME\b|NotImplementedException")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"\b(?:class|struct|record|interface)\s+(\w*(?:Manager|Helper|Util|Utils|Misc)\w*)\b")]
    private static partial Regex VagueType();
}
