using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Passwindow.Journal;
using Passwindow.Journal.Files;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Http;

/// <summary>What could not be saved is not shown (promise 1), and costs nothing more.</summary>
public sealed class JournalFailureTests : IDisposable
{
    private readonly FullDisk _disk = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("passwindow-test-");

    [Fact]
    public async Task A_disk_that_is_full_in_the_middle_is_told_and_the_upstream_is_cancelled()
    {
        using var goOn = new SemaphoreSlim(0);
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            await exchange.WriteAsync(ChatChunks.Text("saved"));
            await goOn.WaitAsync();
            await exchange.WriteAsync(ChatChunks.Text("not saved"));
            await exchange.SilenceAsync();
        });
        await using var server = await StartAsync(upstream);
        await using var viewer = await server.AskAsync();
        var seen = await viewer.NextAsync(2);
        await using var text = await server.WatchAsync($"/chat/turns/{viewer.Turn()}/events?dialect=text");
        _disk.IsFull = true;
        goOn.Release();
        var rest = await viewer.RestAsync();

        Assert.Equal("saved", seen.Text());
        Assert.Equal(["error", "done"], rest.Select(each => each.Type));
        Assert.Equal("journal_unavailable", rest[0].Field("code"));
        Assert.Equal(("error", false), (rest.FinishReason(), rest[1].Json().TryGetProperty("seq", out _)));
        Assert.Equal(seen[^1].Id, viewer.LastEventId); // what is no event of the turn moves no position
        Assert.Equal(["token", "error", "done"], (await text.RestAsync()).Select(each => each.Type));
        await upstream.Exchanges[0].ClientGone.WaitAsync(ServerUnderTest.Patience);
        await Waiting.ForAsync(() => server.Engine.Turns.Count == 0);
    }

    [Fact]
    public async Task The_model_is_asked_while_the_disk_takes_the_start_and_nothing_is_shown_before_it_has()
    {
        await using var upstream = new ScriptedUpstream(exchange => exchange.WriteAsync(ChatChunks.Answer("x")));
        await using var server = await StartAsync(upstream);
        _disk.Syncs.Reset();
        var asking = server.AskAsync();
        await upstream.ExchangeAsync(0).WaitAsync(ServerUnderTest.Patience);
        await Waiting.ForAsync(() => _disk.IsWaitedFor);
        Assert.False(asking.IsCompleted);

        _disk.Syncs.Set();
        await using var viewer = await asking;
        Assert.Equal("x", (await viewer.RestAsync()).Text());
    }

    [Fact]
    public async Task Who_finds_the_disk_full_has_its_upstream_cancelled_and_after_that_none_is_asked_and_it_is_not_ready()
    {
        await using var upstream = new ScriptedUpstream(exchange => exchange.SilenceAsync()).Next(exchange => exchange.WriteAsync(ChatChunks.Answer("x")));
        await using var server = await StartAsync(upstream);
        Assert.Equal(200, (int)(await server.Http.GetAsync("/readyz")).StatusCode);
        var (_, before) = await server.AnswerAsync();
        _disk.IsFull = true;

        for (int attempt = 0; attempt < 3; attempt++)
        {
            var (response, json) = await server.AnswerAsync();
            Assert.Equal((503, "journal_unavailable"), ((int)response.StatusCode, json.GetProperty("code").GetString()));
            Assert.NotNull(response.Headers.RetryAfter);
        }

        // The first of them was let in and asked while its start could not be written; or found out before that.
        Assert.InRange(upstream.Exchanges.Count, 1, 2);
        foreach (var asked in upstream.Exchanges.Skip(1))
            await asked.ClientGone.WaitAsync(ServerUnderTest.Patience);
        Assert.Equal(503, (int)(await server.Http.GetAsync("/readyz")).StatusCode);
        Assert.Equal(200, (int)(await server.Http.GetAsync("/healthz")).StatusCode);
        await using var still = await server.WatchAsync($"/chat/turns/{before.GetProperty("turn_id").GetString()}/events");
        Assert.Equal("x", (await still.RestAsync()).Text());
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private Task<ServerUnderTest> StartAsync(ScriptedUpstream upstream) => ServerUnderTest.StartAsync(upstream, services: services => services.AddSingleton<IJournal>(
        _ => FileJournal.Open(new FileJournalSettings(_folder.FullName, Durability.Fsync), TimeProvider.System, NullLogger<FileJournal>.Instance, _disk)));

    /// <summary>A disk that takes nothing more once it is full, and whose syncs may be held up.</summary>
    private sealed class FullDisk : IDisk
    {
        public volatile bool IsFull;
        public volatile bool IsWaitedFor;

        public ManualResetEventSlim Syncs { get; } = new(initialState: true);

        public IDisposable Lock(string folder) => Disk.Instance.Lock(folder);

        public long FreeBytes(string folder) => IsFull ? 0 : Disk.Instance.FreeBytes(folder);

        public IDiskFile Open(string path, bool create) => new FullFile(this, Disk.Instance.Open(path, create));

        public bool Exists(string path) => Disk.Instance.Exists(path);

        public IReadOnlyList<string> List(string folder, string ending) => Disk.Instance.List(folder, ending);

        public IReadOnlyList<string> Folders(string folder) => Disk.Instance.Folders(folder);

        public void CreateFolder(string path) => Disk.Instance.CreateFolder(path);

        public void Delete(string path) => Disk.Instance.Delete(path);

        public void SyncFolder(string path) => Disk.Instance.SyncFolder(path);
    }

    private sealed class FullFile(FullDisk disk, IDiskFile file) : IDiskFile
    {
        public long Length => file.Length;

        public int Read(Span<byte> into, long offset) => file.Read(into, offset);

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            if (disk.IsFull)
                throw new IOException("No space left on device");
            file.Write(bytes, offset);
        }

        public void Truncate(long length) => file.Truncate(length);

        public void Sync()
        {
            disk.IsWaitedFor |= !disk.Syncs.IsSet;
            Assert.True(disk.Syncs.Wait(ServerUnderTest.Patience));
            file.Sync();
        }

        public void Dispose() => file.Dispose();
    }
}
