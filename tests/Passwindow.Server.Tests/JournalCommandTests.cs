using System.CommandLine;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Passwindow.Journal;
using Passwindow.Journal.Files;
using Passwindow.Protocol;
using Xunit;

namespace Passwindow.Server.Tests;

public sealed class JournalCommandTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("passwindow-").FullName;

    private string Folder => Path.Combine(_root, "data");

    [Fact]
    public async Task Verify_says_that_all_is_well_with_exit_code_0()
    {
        await WriteAsync();
        var (code, output, error) = Run("verify", Folder);
        Assert.Equal((0, ""), (code, error));
        Assert.Equal("1 conversations, 1 turns, 3 events, 0 write-ahead files: no damage.", output.TrimEnd());
    }

    [Fact]
    public async Task Verify_names_file_and_offset_of_damage_with_exit_code_1_and_changes_nothing()
    {
        await WriteAsync();
        string path = Path.Combine(Folder, "conversations", "default", "c_1.jsonl");
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^30] ^= 1;
        File.WriteAllBytes(path, bytes);
        var (code, output, _) = Run("verify", Folder);
        Assert.Equal(1, code);
        Assert.Contains($"damaged: {path} at byte ", output, StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(path));

        string saved = Path.Combine(_root, "saved");
        var (repairCode, repaired, _) = Run("repair", Folder, "--output", saved);
        Assert.Equal(0, repairCode);
        Assert.Contains("1 conversations are in", repaired, StringComparison.Ordinal);
        Assert.Equal(0, Run("verify", saved).Code);
        Assert.Equal(1, Run("repair", Folder, "--output", saved).Code);
    }

    [Fact]
    public async Task Show_prints_the_conversation()
    {
        await WriteAsync();
        var (code, output, _) = Run("show", Folder, "c_1");
        Assert.Equal(0, code);
        Assert.Contains("Hello äöü", output, StringComparison.Ordinal);
        Assert.Contains("the answer", output, StringComparison.Ordinal);
        Assert.Equal(1, Run("show", Folder, "c_2").Code);
        Assert.Equal(1, Run("show", Folder, "c_1", "--tenant", "other").Code);
        Assert.Equal(1, Run("show", Folder, "../../etc/passwd").Code);
    }

    [Fact]
    public async Task Export_writes_json_lines_and_markdown_and_over_no_file()
    {
        await WriteAsync();
        string path = Path.Combine(_root, "out.jsonl");
        Assert.Equal(0, Run("export", Folder, "--output", path).Code);
        var lines = File.ReadAllLines(path).Select(static line => JsonElement.Parse(line)).ToList();
        Assert.Equal(4, lines.Count);
        Assert.Equal("Hello äöü", lines[0].GetProperty("open").GetProperty("message").GetString());
        Assert.Equal(1, Run("export", Folder, "--output", path).Code);
        string markdown = Path.Combine(_root, "out.md");
        Assert.Equal(0, Run("export", Folder, "c_1", "--format", "markdown", "--output", markdown).Code);
        Assert.StartsWith("# Hello äöü", File.ReadAllText(markdown), StringComparison.Ordinal);
        Assert.NotEqual(0, Run("export", Folder, "--format", "pdf").Code);
    }

    [Theory]
    [InlineData("verify")]
    [InlineData("show", "c_1")]
    [InlineData("export")]
    [InlineData("repair", "--output", "elsewhere")]
    public async Task A_folder_that_a_server_holds_is_refused(string command, params string[] rest)
    {
        await WriteAsync();
        await using var server = Open();
        var (code, _, error) = Run([command, Folder, .. rest]);
        Assert.Equal(1, code);
        Assert.Contains($"holds the journal in {Folder}", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_a_journal_is_named_and_nothing_is_made_in_it()
    {
        foreach (string folder in new[] { _root, Path.Combine(_root, "missing") })
        {
            var (code, _, error) = Run("verify", folder);
            Assert.Equal(1, code);
            Assert.Contains($"There is no journal in {folder}", error, StringComparison.Ordinal);
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(_root));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static (int Code, string Output, string Error) Run(params string[] args)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        int code = JournalCommand.Create().Parse(args).Invoke(new InvocationConfiguration { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }

    private FileJournal Open() => FileJournal.Open(new FileJournalSettings(Folder, Durability.Fsync), TimeProvider.System, NullLogger<FileJournal>.Instance);

    private async Task WriteAsync()
    {
        await using var journal = Open();
        var key = new ConversationKey(TenantId.Default, new ConversationId("c_1"));
        var opening = new TurnOpening(journal.CreateTurnId(key), key.Tenant, key.Conversation, null, "demo/script", "Hello äöü", DateTimeOffset.UnixEpoch);
        var writer = journal.Open(opening);
        using var events = new EventWriter();
        writer.Append(EventType.Start, events.Start(1, key.Conversation, opening.Turn, opening.Model, opening.CreatedAt));
        writer.Append(EventType.Token, events.Token(2, Encoding.UTF8.GetBytes("the answer")));
        writer.Append(EventType.Done, events.Done(3, FinishReason.Stop));
        await writer.CommitAsync();
    }
}
