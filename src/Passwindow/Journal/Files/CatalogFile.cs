using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Passwindow.Protocol;

namespace Passwindow.Journal.Files;

/// <summary>
/// The catalog on disk, <c>catalog/00000001.jsonl</c>: it spares the start from opening every conversation. It holds no truth of its own. Each
/// entry says how long its conversation's file was, and files only ever grow: an entry whose file has another length now is not believed,
/// and the file is read instead. So it is appended to without a sync, and losing it, or any of it, costs time at the next start and nothing else.
/// </summary>
/// <remarks>
/// Written by the checkpointer's thread only. Once more than half of its lines are out of date, and at least 10,000, it is written anew under
/// the next number; the old file goes afterwards.
/// </remarks>
internal sealed class CatalogFile(IDisk disk, string folder, Action<Exception> onFailed) : IDisposable
{
    private const string Ending = ".jsonl";
    private const int MinLinesToRewrite = 10_000;

    private readonly LineBuffer _lines = new();
    private IDiskFile? _file;
    private long _number;
    private long _length;
    private uint _crc;
    private int _lineCount;
    private bool _mustRewrite;
    private bool _hasFailed;

    /// <summary>Why not all of what stood on disk could be used; null if all could, also if there was nothing.</summary>
    public string? Damage { get; private set; }

    /// <summary>Whether there was one.</summary>
    public bool WasThere => _number > 0;

    /// <summary>Reads what is there, the last line of each conversation.</summary>
    public Dictionary<ConversationKey, CatalogLine> Read()
    {
        var lines = new Dictionary<ConversationKey, CatalogLine>();
        _lineCount = 0;
        var paths = Paths();
        _mustRewrite = paths.Count > 1; // a rewrite was cut off
        foreach (string path in paths)
        {
            _number = Math.Max(_number, NumberOf(path) ?? 0);
            try
            {
                Read(path, lines);
            }
            catch (Exception e) when (e is JournalDamagedException or IOException)
            {
                Damage ??= e.Message;
            }
        }

        return lines;
    }

    /// <summary>
    /// Makes the file ready for appends: the one that was read if it is whole and not too long, else a new one with <paramref name="entries"/>.
    /// </summary>
    public void Open(IReadOnlyCollection<CatalogLine> entries)
    {
        if (Damage is not null || _mustRewrite || _length == 0 || IsTooLong(entries.Count))
            Rewrite(() => entries);
        else
            Try(() => _file = disk.Open(PathOf(_number), create: false));
    }

    /// <summary>Notes what a conversation is now, of so many.</summary>
    public void Note(CatalogLine line, int count)
    {
        if (_hasFailed)
            return;
        Try(() =>
        {
            _lines.Clear();
            uint crc = Write(line, _crc);
            _file!.Write(_lines.Written, _length);
            _length += _lines.Length;
            _crc = crc;
            _lineCount++;
        });
        if (!_hasFailed && IsTooLong(count))
            Rewrite(() => [.. Read().Values.Where(static each => each.Bytes >= 0)]);
    }

    public void Dispose() => _file?.Dispose();

    private void Read(string path, Dictionary<ConversationKey, CatalogLine> lines)
    {
        using var file = disk.Open(path, create: false);
        using var scanner = new LineScanner(file);
        _length = 0;
        while (true)
        {
            long at = scanner.Offset;
            var check = scanner.Next(out var line);
            if (check == LineCheck.End)
            {
                (_length, _crc) = (at, scanner.Crc);
                return;
            }

            if (check != LineCheck.Good)
                throw new JournalDamagedException(path, at, "a line's length or checksum is wrong.");
            var record = JournalRecord.Read(path, at, line.Span);
            if (at == 0)
            {
                FileHead.Check(path, record, line.Span[record.Body], FileHead.Catalog(NumberOf(path) ?? 0));
                continue;
            }

            var entry = JournalRecord.ReadBody(path, at, line.Span[record.Body], JournalJson.Default.CatalogLine);
            if (record.Kind != JournalRecordKind.Entry || entry.Title is null)
                throw new JournalDamagedException(path, at, "it is no entry of a catalog.");
            lines[new ConversationKey(entry.Tenant, entry.Conversation)] = entry;
            _lineCount++;
        }
    }

    private void Rewrite(Func<IReadOnlyCollection<CatalogLine>> all) => Try(() =>
    {
        var lines = all();
        _file?.Dispose();
        _file = null;
        disk.CreateFolder(folder);
        long number = _number + 1;
        _lines.Clear();
        uint crc = JournalLine.WriteObject(_lines, batch: 0, turn: null, "\"passwindow\":"u8, FileHead.Catalog(number), previousCrc: 0);
        _file = disk.Open(PathOf(number), create: true);
        _file.Truncate(0);
        _length = 0;
        _lineCount = 0;
        foreach (var line in lines)
        {
            crc = Write(line, crc);
            _lineCount++;
            if (_lines.Length > 1024 * 1024)
                Flush();
        }

        Flush();
        (_number, _crc) = (number, crc);
        foreach (string path in Paths().Where(path => NumberOf(path) != number))
            disk.Delete(path);

        void Flush()
        {
            _file.Write(_lines.Written, _length);
            _length += _lines.Length;
            _lines.Clear();
        }
    });

    private uint Write(CatalogLine line, uint crc) =>
        JournalLine.WriteObject(_lines, batch: 0, turn: null, "\"entry\":"u8, JsonSerializer.SerializeToUtf8Bytes(line, JournalJson.Default.CatalogLine), crc);

    private bool IsTooLong(int count) => _lineCount >= MinLinesToRewrite && _lineCount > 2 * count;

    // A catalog that cannot be written must not close the journal: the next start makes up for it.
    private void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e)
        {
            _hasFailed = true;
            _file?.Dispose();
            _file = null;
            onFailed(e);
        }
    }

    private List<string> Paths() => [.. disk.List(folder, Ending).Where(static path => NumberOf(path) is not null).OrderBy(NumberOf)];

    private string PathOf(long number) => Path.Combine(folder, number.ToString("D8", CultureInfo.InvariantCulture) + Ending);

    private static long? NumberOf(string path) => WriteAheadFile.NumberOf(path);
}

/// <summary>One entry of the catalog on disk.</summary>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Conversation">Its id.</param>
/// <param name="Title">Its title.</param>
/// <param name="UpdatedAt">When its last turn began, in milliseconds since 1970.</param>
/// <param name="Bytes">How long its file was when this was written; -1 once it is deleted.</param>
/// <param name="AbandonedTokens">How many are counted within those bytes.</param>
/// <param name="Unlisted">Whether the list leaves it out.</param>
internal sealed record CatalogLine(
    TenantId Tenant,
    ConversationId Conversation,
    string Title,
    long UpdatedAt,
    long Bytes,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long AbandonedTokens = 0,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Unlisted = false);
