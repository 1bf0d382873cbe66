using System.Text.RegularExpressions;
using Passwindow.Tests.House;
using Xunit;

namespace Passwindow.Tests.Docs;

/// <summary>The snippets of the documents are pieces of files that are compiled or run by a test.</summary>
public sealed partial class SnippetTests
{
    [Theory]
    [InlineData("README.md", "embed", "tests/Passwindow.Tests/Docs/EmbedSnippet.cs")]
    [InlineData("README.md", "event-source", "tests/Passwindow.Integration.Tests/Browser/event-source.html")]
    [InlineData("docs/dialects.md", "use-chat", "tests/npm-clients/ui-message/page.mjs")]
    [InlineData("docs/client-dotnet.md", "ask", "tests/Passwindow.Client.Tests/DocumentedClient.cs")]
    [InlineData("docs/client-dotnet.md", "come-back", "tests/Passwindow.Client.Tests/DocumentedClient.cs")]
    public void A_snippet_in_a_document_is_the_code_that_is_tested(string document, string name, string source)
    {
        string text = File.ReadAllText(Path.Combine(SourceTree.Root, document));
        var snippet = Snippet().Matches(text).Single(match => match.Groups[1].Value == name);
        Assert.Contains(Squeeze(snippet.Groups[2].Value), Squeeze(File.ReadAllText(Path.Combine(SourceTree.Root, source))), StringComparison.Ordinal);
    }

    private static string Squeeze(string text) => WhiteSpace().Replace(text, " ").Trim();

    [GeneratedRegex(@"<!-- snippet: ([\w-]+) -->\s*```\w*\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Snippet();

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();
}
