using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Passwindow.Journal;
using Passwindow.Journal.Files;
using Passwindow.Protocol;
using Xunit;

namespace Passwindow.Tests.Journal;

/// <summary>
/// The disk format is a promise: a folder that version 1 wrote (<c>tests/fixtures/journal/v1</c>, made by hand of a real run that was
/// killed) is read and served byte for byte.
/// </summary>
public sealed class FormatTests : IDisposable
{
    private static readonly string Fixture = Path.Combine(AppContext.BaseDirectory, "fixtures", "journal", "v1");

    private readonly string _folder = Directory.CreateTempSubdirectory("passwindow-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_folder_of_format_1_is_served_byte_for_byte()
    {
        Copy(Path.Combine(Fixture, "data"), _folder);
        await using var journal = Open();
        int turns = 0;
        foreach (string expected in Directory.GetFiles(Path.Combine(Fixture, "served"), "*.jsonl"))
        {
            string[] name = Path.GetFileNameWithoutExtension(expected).Split('.');
            var key = new TurnKey(new TenantId(name[0]), new TurnId(name[1]));
            var events = await HistoryChecker.ReadAsync((await journal.FindAsync(key, default))!);
            Assert.Equal(File.ReadAllText(expected), string.Concat(events.Select(static json => Encoding.UTF8.GetString(json) + "\n")));
            turns++;
        }

        Assert.Equal(4, turns);
        var conversation = await journal.ReadConversationAsync(new ConversationKey(new TenantId("acme"), new ConversationId("c_weather")), default);
        Assert.Equal(["What will the weather be?", "And \"tomorrow\"?\nIn Zürich 🙂"], conversation.Select(static turn => turn.Opening.Message));
    }

    [Theory]
    [InlineData("wal")]
    [InlineData("conversation")]
    public async Task A_file_of_another_format_is_refused_with_its_name_and_both_versions(string kind)
    {
        string path = kind == "wal"
            ? Path.Combine(_folder, "wal", "00000001.jsonl")
            : Path.Combine(_folder, "conversations", "acme", "c_1.jsonl");
        var line = new LineBuffer();
        JournalLine.WriteObject(line, batch: 0, turn: null, "\"passwindow\":"u8, Encoding.UTF8.GetBytes($$"""{"format":2,"file":"{{kind}}"}"""), previousCrc: 0);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, line.Written.ToArray());

        var refused = await Assert.ThrowsAsync<JournalDamagedException>(async () =>
        {
            await using var journal = Open();
            await journal.ReadConversationAsync(new ConversationKey(new TenantId("acme"), new ConversationId("c_1")), default);
        });
        Assert.Equal(path, refused.Path);
        Assert.Contains("format 2", refused.Message);
        Assert.Contains("reads format 1", refused.Message);
        Assert.Equal(line.Written.ToArray(), File.ReadAllBytes(path));
    }

    [Fact]
    public void The_checksum_is_the_one_that_the_document_describes()
    {
        // Written out as the document says it, not with the journal's own code.
        string[] lines = File.ReadAllLines(Directory.GetFiles(Path.Combine(Fixture, "data", "wal")).Single());
        uint crc = 0;
        foreach (string line in lines)
        {
            byte[] covered = Encoding.UTF8.GetBytes(line[line.IndexOf("\"len\"", StringComparison.Ordinal)..] + "\n");
            foreach (byte each in covered)
            {
                crc ^= each;
                for (int bit = 0; bit < 8; bit++)
                    crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0x82F63B78;
            }

            using var parsed = JsonDocument.Parse(line);
            Assert.Equal($"{crc:x8}", parsed.RootElement.GetProperty("crc").GetString());
            Assert.Equal($"{Encoding.UTF8.GetByteCount(line) + 1:x8}", parsed.RootElement.GetProperty("len").GetString());
        }
    }

    [Fact(Explicit = true)]
    public async Task Make_the_fixture()
    {
        string target = Environment.GetEnvironmentVariable("PASSWINDOW_FIXTURE")!;
        var journal = Open();
        var history = new History();
        using var first = new GivenTurn(journal, history, "c_weather", "acme", "What will the weather be?");
        first.Start();
        first.Token("Sun");
        first.Token("ny, \"mostly\". 🙂\n");
        first.Done();
        await first.CommitAsync();
        await journal.DisposeAsync();

        journal = Open();
        using var second = new GivenTurn(journal, history, "c_weather", "acme", "And \"tomorrow\"?\nIn Zürich 🙂");
        second.Start();
        using var third = new GivenTurn(journal, history, "c_other", "acme");
        third.Start();
        third.Token("one");
        third.Done();
        await third.CommitAsync();
        using var fourth = new GivenTurn(journal, history, "c_weather", "globex");
        fourth.Start();
        second.Token("Rain");
        await fourth.CommitAsync();
        Copy(Path.Combine(_folder, "wal"), Path.Combine(target, "data", "wal"));
        Copy(Path.Combine(_folder, "conversations"), Path.Combine(target, "data", "conversations"));
        await journal.DisposeAsync();

        journal = Open();
        Directory.CreateDirectory(Path.Combine(target, "served"));
        foreach (var (key, events) in await new HistoryChecker(history).ReadAllAsync(journal))
            await File.WriteAllTextAsync(Path.Combine(target, "served", $"{key.Tenant}.{key.Turn}.jsonl"), string.Concat(events.Select(static json => Encoding.UTF8.GetString(json) + "\n")));
        await journal.DisposeAsync();
    }

    private FileJournal Open() =>
        FileJournal.Open(new FileJournalSettings(_folder, Durability.Fsync), TimeProvider.System, NullLogger<FileJournal>.Instance);

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        foreach (string folder in Directory.GetDirectories(from))
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
    }
}
