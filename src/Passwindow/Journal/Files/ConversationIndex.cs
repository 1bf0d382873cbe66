using Passwindow.Protocol;

namespace Passwindow.Journal.Files;

/// <summary>Where each turn of a conversation stands in its file. Built by reading the file once, kept while the conversation is in use.</summary>
internal sealed class ConversationIndex
{
    private readonly Dictionary<TurnId, TurnIndex> _byId = [];
    private readonly List<TurnIndex> _turns = [];

    /// <summary>The end of the last whole line.</summary>
    public long Length { get; private set; }

    /// <summary>The checksum of the last whole line.</summary>
    public uint Crc { get; private set; }

    public IReadOnlyList<TurnIndex> Turns => _turns;

    /// <summary>What somebody called the conversation; null if nobody did.</summary>
    public string? Title { get; set; }

    /// <summary>The sum of what the turns' <c>usage</c> events say of abandoned tokens.</summary>
    public long AbandonedTokens { get; set; }

    public TurnIndex? Find(TurnId turn) => _byId.GetValueOrDefault(turn);

    public TurnIndex Turn(TurnOpening opening)
    {
        if (_byId.TryGetValue(opening.Turn, out var turn))
            return turn;
        turn = new TurnIndex(opening);
        _byId.Add(opening.Turn, turn);
        _turns.Add(turn);
        return turn;
    }

    public void Grow(int bytes, uint crc)
    {
        Length += bytes;
        Crc = crc;
    }

    /// <summary>Reads a file that must be whole.</summary>
    /// <exception cref="JournalDamagedException">It is not.</exception>
    public static ConversationIndex Build(ConversationFile of, IDiskFile file)
    {
        var index = BuildThroughLastWholeLine(of, file, static (_, _) => { });
        if (index.Length < file.Length)
            throw new JournalDamagedException(of.FilePath, index.Length, "a line's length or checksum is wrong.");
        return index;
    }

    /// <summary>Reads a file whose end may be torn, through its last whole line.</summary>
    /// <param name="of">The conversation.</param>
    /// <param name="file">Its file.</param>
    /// <param name="onRecord">Is told each record and where it stands.</param>
    /// <exception cref="JournalDamagedException">A whole line is not what belongs there.</exception>
    public static ConversationIndex BuildThroughLastWholeLine(ConversationFile of, IDiskFile file, Action<JournalRecord, long> onRecord)
    {
        var index = new ConversationIndex();
        using var scanner = new LineScanner(file);
        while (true)
        {
            long at = scanner.Offset;
            uint before = scanner.Crc;
            if (scanner.Next(out var line) != LineCheck.Good)
                return index;
            var record = JournalRecord.Read(of.FilePath, at, line.Span);
            index.Add(of, record, line.Span[record.Body], at, before);
            index.Grow(line.Length, scanner.Crc);
            onRecord(record, at);
        }
    }

    private void Add(ConversationFile of, JournalRecord record, ReadOnlySpan<byte> body, long offset, uint crcBefore)
    {
        if (offset == 0)
        {
            FileHead.Check(of.FilePath, record, body, FileHead.Conversation(of.Key));
            return;
        }

        switch (record.Kind)
        {
            case JournalRecordKind.Open when Find(record.Turn) is null:
                Turn(JournalRecord.ReadBody(of.FilePath, offset, body, JournalJson.Default.TurnOpening));
                break;
            case JournalRecordKind.Event when Find(record.Turn) is { HasEnded: false } turn
                && (record.Seq == turn.Last + 1 || (of.IsRescue && turn.IsEmpty)):
                turn.Add(record.Seq, offset, crcBefore);
                turn.HasEnded = record.Type == EventType.Done;
                if (record.Type == EventType.Usage)
                    AbandonedTokens += JournalRecord.AbandonedTokens(body);
                break;
            case JournalRecordKind.Title:
                Title = JournalRecord.ReadBody(of.FilePath, offset, body, JournalJson.Default.GivenTitle).Title;
                break;
            default:
                throw new JournalDamagedException(of.FilePath, offset, $"it does not follow what stands before it (turn {record.Turn}, event {record.Seq}).");
        }
    }
}

/// <summary>One turn within its conversation's file: a mark every so many events, from which a reader scans forward.</summary>
internal sealed class TurnIndex(TurnOpening opening)
{
    private const int Spacing = 64;

    private readonly List<(long Offset, uint Crc)> _marks = [];
    private long _last;
    private bool _hasEnded;

    public TurnOpening Opening => opening;

    /// <summary>The number of its first event in the file: 1, but for what was rescued from a damaged conversation.</summary>
    public long First { get; private set; } = 1;

    /// <summary>The number of its last event in the file.</summary>
    public long Last => Volatile.Read(ref _last);

    public bool IsEmpty => _marks.Count == 0;

    public bool HasEnded
    {
        get => Volatile.Read(ref _hasEnded);
        set => Volatile.Write(ref _hasEnded, value);
    }

    public void Add(long seq, long offset, uint crcBefore)
    {
        if (IsEmpty)
            First = seq;
        if ((seq - First) % Spacing == 0)
            _marks.Add((offset, crcBefore));
        Volatile.Write(ref _last, seq);
    }

    /// <summary>A place at or before the event <paramref name="seq"/>, and the checksum of the line before that place.</summary>
    public (long Offset, uint Crc) Before(long seq) => _marks[(int)((seq - First) / Spacing)];
}
