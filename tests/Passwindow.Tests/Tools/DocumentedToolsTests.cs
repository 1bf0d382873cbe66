using Microsoft.Extensions.DependencyInjection;
using Passwindow.Protocol;
using Xunit;
using static Passwindow.Tests.Tools.ScriptedModel;

namespace Passwindow.Tests.Tools;

public class DocumentedToolsTests
{
    [Fact]
    public async Task What_the_page_shows_works()
    {
        var model = new ScriptedModel().ThenCall(Call("a", "find_orders", """{"status":"open"}"""), Call("b", "open_page", """{"page":"help"}""")).ThenSay("Well.");
        await using var server = await ChatServer.StartAsync(
            model,
            static services =>
            {
                services.AddSingleton<Orders>();
                DocumentedTools.Add(services);
            },
            static options => options.Identify = static _ => new Caller(new TenantId("acme"), "ann"));

        var events = await server.AskAsync("Go");

        Assert.Equal("start tool_call action tool_result done", events.Shape());
        Assert.Equal("acme/ann/open", events.Of("tool_result").Single().GetProperty("result")[0].GetString());
    }

    [Fact]
    public void The_page_quotes_the_code_word_for_word()
    {
        string page = Read("docs/tools.md");
        string code = Read("tests/Passwindow.Tests/Tools/DocumentedTools.cs");
        string snippet = string.Join('\n', code.Split("// <snippet>")[1].Split("// </snippet>")[0].Split('\n').Select(static line => line.Length > 8 ? line[8..] : "")).Trim();

        Assert.Contains(snippet, page);
    }

    private static string Read(string path)
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Passwindow.slnx")))
            folder = Path.GetDirectoryName(folder)!;
        return File.ReadAllText(Path.Combine(folder, path)).ReplaceLineEndings("\n");
    }
}
