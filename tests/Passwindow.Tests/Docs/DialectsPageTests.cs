using Passwindow.Protocol.Dialects;
using Passwindow.Testing.Dialects;
using Passwindow.Tests.House;
using Xunit;

namespace Passwindow.Tests.Docs;

/// <summary>What <c>docs/dialects.md</c> says that a dialect leaves out is what the readers of the tests know of.</summary>
public sealed class DialectsPageTests
{
    private static readonly string[] Page = File.ReadAllLines(Path.Combine(SourceTree.Root, "docs", "dialects.md"));

    public static TheoryData<string> Lossy => [.. Spoken.All.Where(static spoken => spoken.Losses.Count > 0).Select(static spoken => spoken.Name)];

    [Theory, MemberData(nameof(Lossy))]
    public void Each_loss_has_its_line_and_its_reason(string name)
    {
        var section = Page.SkipWhile(line => !line.StartsWith($"## `{name}`", StringComparison.Ordinal)).Skip(1).TakeWhile(static line => !line.StartsWith("## ", StringComparison.Ordinal));
        var table = section.SkipWhile(static line => line != "| left out | because |").Skip(2).TakeWhile(static line => line.StartsWith('|')).Select(static line => line.Split(" | ")).ToList();

        Assert.Equal(Spoken.All.Single(spoken => spoken.Name == name).Losses, table.Select(static row => row[0][2..]));
        Assert.All(table, static row => Assert.True(row.Length == 2 && row[1].Length > 10, row[0]));
    }

    [Fact]
    public void Each_dialect_stands_in_the_first_table()
    {
        string table = string.Join('\n', Page.SkipWhile(static line => !line.StartsWith('|')).TakeWhile(static line => line.StartsWith('|')));
        Assert.All(Dialect.All, dialect => Assert.Contains($"`{dialect.Name}`", table));
    }
}
