using System.Text;

namespace Passwindow.Testing;

/// <summary>
/// A literal reading of WHATWG HTML 9.2.6, "Interpreting an event stream": slow and plain, so that it can judge the fast ones.
/// The bytes may be cut anywhere.
/// </summary>
public sealed class EventStreamParser
{
    private readonly Decoder _utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).GetDecoder();
    private readonly StringBuilder _line = new();
    private readonly StringBuilder _data = new();
    private readonly Queue<StreamEvent> _dispatched = new();
    private string _type = "";
    private string _id = "";
    private bool _first = true;
    private bool _afterCarriageReturn;

    /// <summary>The last event id: what a reconnecting browser sends as <c>Last-Event-ID</c>. Set at a dispatch, not when its line arrives.</summary>
    public string LastEventId { get; private set; } = "";

    /// <summary>The reconnection time in milliseconds, if the stream set one.</summary>
    public int? Retry { get; private set; }

    /// <summary>How many comment lines came.</summary>
    public int Comments { get; private set; }

    /// <summary>All events of a whole stream. An event whose blank line is missing at the end is discarded, as the standard asks.</summary>
    public static List<StreamEvent> Parse(ReadOnlySpan<byte> stream)
    {
        var parser = new EventStreamParser();
        parser.Feed(stream);
        var events = new List<StreamEvent>();
        while (parser.TryTake(out var next))
            events.Add(next);
        return events;
    }

    /// <summary>Takes more bytes.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        // "Streams must be decoded using the UTF-8 decode algorithm": bad bytes become U+FFFD.
        var text = new char[_utf8.GetCharCount(bytes, flush: false)];
        _utf8.GetChars(bytes, text, flush: false);
        foreach (char c in text)
            Take(c);
    }

    /// <summary>Takes out the oldest event that was dispatched.</summary>
    public bool TryTake(out StreamEvent dispatched) => _dispatched.TryDequeue(out dispatched);

    private void Take(char c)
    {
        // "The UTF-8 decode algorithm strips one leading UTF-8 Byte Order Mark (BOM), if any."
        bool first = _first;
        _first = false;
        if (first && c == '\uFEFF')
            return;

        // end-of-line = ( cr lf / cr / lf )
        bool secondHalf = _afterCarriageReturn && c == '\n';
        _afterCarriageReturn = c == '\r';
        if (secondHalf)
            return;
        if (c is not ('\r' or '\n'))
        {
            _line.Append(c);
            return;
        }

        string line = _line.ToString();
        _line.Clear();
        if (line.Length == 0)
            Dispatch();
        else if (line[0] == ':')
            Comments++;
        else
            Split(line);
    }

    private void Split(string line)
    {
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            Field(line, "");
            return;
        }

        // "If value starts with a U+0020 SPACE character, remove it from value": one, not all.
        string value = line[(colon + 1)..];
        Field(line[..colon], value.StartsWith(' ') ? value[1..] : value);
    }

    private void Field(string name, string value)
    {
        switch (name)
        {
            case "event":
                _type = value;
                break;
            case "data":
                _data.Append(value).Append('\n');
                break;
            case "id" when !value.Contains('\0', StringComparison.Ordinal):
                _id = value;
                break;
            case "retry" when value.Length > 0 && value.All(char.IsAsciiDigit) && int.TryParse(value, out int retry):
                Retry = retry;
                break;
            default:
                break;
        }
    }

    private void Dispatch()
    {
        LastEventId = _id;
        if (_data.Length > 0)
        {
            _data.Length--;
            _dispatched.Enqueue(new StreamEvent(_type.Length == 0 ? "message" : _type, _data.ToString(), LastEventId));
        }

        _data.Clear();
        _type = "";
    }
}
