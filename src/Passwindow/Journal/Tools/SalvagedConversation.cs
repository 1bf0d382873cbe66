using Passwindow.Journal.Files;
using Passwindow.Protocol;

namespace Passwindow.Journal.Tools;

/// <summary>What is whole of a conversation, and what is not.</summary>
internal sealed class SalvagedConversation(ConversationKey key)
{
    private readonly Dictionary<TurnId, SalvagedTurn> _byId = [];
    private readonly List<SalvagedTurn> _turns = [];
    private readonly List<JournalFinding> _findings = [];
    private string? _title;

    public ConversationKey Key => key;

    /// <summary>What somebody called it, else the beginning of the first message.</summary>
    public string Title => _title ?? (_turns.Count > 0 ? ConversationTitle.Of(_turns[0].LikelyOpening.Message) : "");

    /// <summary>What somebody called it; null if nobody did.</summary>
    public string? GivenTitle => _title;

    /// <summary>Its turns in the order in which they stand in the files.</summary>
    public IReadOnlyList<SalvagedTurn> Turns => _turns;

    public IReadOnlyList<JournalFinding> Findings => _findings;

    /// <summary>Reads a file of the conversation.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="path">The file.</param>
    /// <param name="isHeld">Whether the write-ahead files speak of the conversation: then the file's end may be unfinished.</param>
    public void ReadFile(IDisk disk, string path, bool isHeld)
    {
        JournalFinding? tail = null;
        try
        {
            foreach (var line in SalvageScan.Read(SalvageScan.ReadAll(disk, path)))
            {
                if (tail is not null)
                    _findings.Add(tail);
                tail = null;
                if (line.IsWhole)
                    Take(path, line);
                else
                    tail = new JournalFinding(path, line.Offset, $"{line.Bytes.Length} bytes are not what was written: a line's length or checksum is wrong.");
            }
        }
        catch (JournalDamagedException damage)
        {
            _findings.Add(JournalFinding.Of(damage));
        }

        if (tail is not null)
            _findings.Add(isHeld ? tail with { What = "its last line is unfinished. The next start writes it again from the write-ahead file.", IsDamage = false } : tail);
    }

    /// <summary>Takes a record that stands in a file of the conversation or in a write-ahead file.</summary>
    public void Take(string path, long offset, JournalRecord record, ReadOnlyMemory<byte> body, bool isHeld)
    {
        switch (record.Kind)
        {
            case JournalRecordKind.Open:
                var opening = JournalRecord.ReadBody(path, offset, body.Span, JournalJson.Default.TurnOpening);
                var opened = Turn(record.Turn, isHeld);
                opened.Opening ??= opening.ConversationKey == key ? opening : throw new JournalDamagedException(path, offset, "it belongs to another conversation.");
                break;
            case JournalRecordKind.Runs:
                Turn(record.Turn, isHeld);
                break;
            case JournalRecordKind.Title:
                _title = JournalRecord.ReadBody(path, offset, body.Span, JournalJson.Default.GivenTitle).Title;
                break;
            case JournalRecordKind.Event when Turn(record.Turn, isHeld).TryAdd(record.Seq, body):
                break;
            default:
                throw new JournalDamagedException(path, offset, $"it does not belong there (turn {record.Turn}, event {record.Seq}).");
        }
    }

    /// <summary>Says what is missing once everything was taken.</summary>
    public void Conclude(string path)
    {
        foreach (var turn in _turns)
        {
            if (turn.Missing() is { } missing)
                _findings.Add(new JournalFinding(path, 0, missing));
        }
    }

    private void Take(string path, SalvagedLine line)
    {
        try
        {
            var record = JournalRecord.Read(path, line.Offset, line.Bytes.Span);
            if (line.Offset == 0)
                FileHead.Check(path, record, line.Bytes.Span[record.Body], FileHead.Conversation(key));
            else
                Take(path, line.Offset, record, line.Bytes[record.Body], isHeld: false);
        }
        catch (JournalDamagedException damage) when (line.Offset > 0)
        {
            _findings.Add(JournalFinding.Of(damage)); // at the start it says that nothing here can be used
        }
    }

    private SalvagedTurn Turn(TurnId id, bool isHeld)
    {
        if (!_byId.TryGetValue(id, out var turn))
        {
            turn = new SalvagedTurn(id, key);
            _byId.Add(id, turn);
            _turns.Add(turn);
        }

        turn.IsHeld |= isHeld;
        return turn;
    }
}
