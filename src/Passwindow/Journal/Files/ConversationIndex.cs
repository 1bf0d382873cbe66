using System.Text.Json;
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
    public static ConversationIndex Build(string path, IDiskFile file, ConversationKey key) => Build(path, file, key, tornTail: false);

    /// <summary>Reads a file whose end may be torn, through its last whole line.</summary>
    public static ConversationIndex BuildThroughLastWholeLine(string path, IDiskFile file, ConversationKey key) => Build(path, file, key, tornTail: true);

    private static ConversationIndex Build(string path, IDiskFile file, ConversationKey key, bool tornTail)
    {
        var index = new ConversationIndex();
        using var scanner = new LineScanner(file);
        while (true)
        {
            long at = scanner.Offset;
            uint before = scanner.Crc;
            var check = scanner.Next(out var line);
            if (check == LineCheck.End || (check != LineCheck.Good && tornTail))
                return index;
            if (check != LineCheck.Good)
                throw new JournalDamagedException(path, at, "a line's length or checksum is wrong.");
            try
            {
                index.Add(path, line.Span, key, at, before);
            }
            catch (JsonException e)
            {
                throw new JournalDamagedException(path, at, e.Message);
            }

            index.Grow(line.Length, scanner.Crc);
        }
    }

    private void Add(string path, ReadOnlySpan<byte> line, ConversationKey key, long offset, uint crcBefore)
    {
        var record = JournalRecord.Parse(line);
        var body = line[record.Body];
        if (offset == 0)
        {
            FileHead.Check(path, body, FileHead.Conversation(key));
            return;
        }

        switch (record.Kind)
        {
            case JournalRecordKind.Open:
                Turn(JsonSerializer.Deserialize(body, JournalJson.Default.TurnOpening)!);
                break;
            case JournalRecordKind.Event when Find(record.Turn) is { } turn && record.Seq == turn.Last + 1:
                turn.Add(record.Seq, offset, crcBefore);
                turn.HasEnded = record.Type == EventType.Done;
                break;
            default:
                throw new JsonException($"it does not follow what stands before it (turn {record.Turn}, event {record.Seq}).");
        }
    }
}

/// <summary>One turn within its conversation's file: a mark every so many events, from which a reader scans forward.</summary>
internal sealed class TurnIndex(TurnOpening opening)
{
    private const int Spacing = 64;

    private readonly List<(long Offset, uint Crc)> _marks = [];

    public TurnOpening Opening => opening;

    /// <summary>The number of its last event in the file.</summary>
    public long Last { get; private set; }

    public bool HasEnded { get; set; }

    public void Add(long seq, long offset, uint crcBefore)
    {
        if ((seq - 1) % Spacing == 0)
            _marks.Add((offset, crcBefore));
        Last = seq;
    }

    /// <summary>A place at or before the event <paramref name="seq"/>, and the checksum of the line before that place.</summary>
    public (long Offset, uint Crc) Before(long seq) => _marks[(int)((seq - 1) / Spacing)];
}
