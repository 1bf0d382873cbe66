using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;

namespace Passwindow.Protocol.ServerSentEvents;

/// <summary>
/// Reads an event stream (WHATWG HTML, 9.2.6) that arrives in pieces: <see cref="Feed"/> a piece, then <see cref="TryRead"/> until it
/// says no. Events are dispatched as soon as their blank line is there, wherever the pieces were cut. Not for use by two threads.
/// </summary>
/// <remarks>
/// The bytes of an event are those of the stream, with what is not valid UTF-8 replaced by U+FFFD. Nothing is allocated for an event unless it has to be repaired so.
/// </remarks>
/// <param name="dispatchUnterminated">
/// The standard drops an event that the end of the stream cuts off, because its blank line is missing (<see langword="false"/>, the
/// default). Providers forget the blank line after their last event: reading an upstream sets this, and <see cref="End"/> then counts as
/// the missing end of line and blank line. Whether the answer is whole, its end marker says.
/// </param>
public sealed class SseReader(bool dispatchUnterminated = false)
{
    /// <summary>The longest line, in bytes without its end: 1 MiB.</summary>
    public const int MaxLineBytes = 1 << 20;

    /// <summary>The most data that one event may have, in bytes: 8 MiB.</summary>
    public const int MaxEventBytes = 8 << 20;

#if DEBUG
    private const int FirstBufferBytes = 16; // so that every test grows it
#else
    private const int FirstBufferBytes = 512; // an event of a token and some more; every running turn holds two
#endif

    private readonly SseBuffer _input = new(FirstBufferBytes);
    private readonly SseBuffer _data = new(FirstBufferBytes);
    private readonly SseBuffer _type = new(32);
    private readonly SseBuffer _id = new(64);
    private readonly SseBuffer _committedId = new(64);
    private string? _lastEventId = "";
    private int _searched;
    private bool _hasInput;
    private bool _isInBlock;
    private bool _hasData;
    private bool _afterCarriageReturn;
    private bool _pastByteOrderMark;
    private bool _ended;
    private bool _flushed;
    private SseLimitException? _failure;

    /// <summary>
    /// The last event ID string: what a client that reconnects sends as <c>Last-Event-ID</c>; empty if it sends none. It changes when a
    /// block is dispatched, not when its <c>id</c> is read: a reader cut off inside an event resumes before that event.
    /// </summary>
    public string LastEventId => _lastEventId ??= Encoding.UTF8.GetString(_committedId.Bytes);

    /// <summary>The last valid <c>retry</c>; null if there was none. More milliseconds than a <see cref="TimeSpan"/> holds are as many as it holds.</summary>
    public TimeSpan? Retry { get; private set; }

    /// <summary>Whether some of what was fed was not read yet.</summary>
    internal bool HasInput => _hasInput;

    /// <summary>Takes the next bytes of the stream.</summary>
    /// <exception cref="InvalidOperationException">The stream has ended.</exception>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        if (_ended)
            throw new InvalidOperationException("The event stream has ended.");
        _input.Append(bytes);
        _hasInput = true;
    }

    /// <summary>
    /// Gives the event that stands whole at the start of <paramref name="bytes"/>, right where it is, and leaves what is behind it. It does so for the event of one
    /// <c>data</c> line and at most an <c>event</c> line before it, as providers send them, and only while nothing is kept of what came before: whatever is left is
    /// for <see cref="Feed"/>, before any byte that comes later.
    /// </summary>
    internal bool TryReadInPlace(scoped ref ReadOnlySpan<byte> bytes, out SseEvent sse)
    {
        sse = default;
        if (_hasInput || _isInBlock || _afterCarriageReturn || !_pastByteOrderMark || _ended)
            return false;
        var rest = bytes;
        _ = TryTakeLine(ref rest, "event: "u8, out var type);
        if (!TryTakeLine(ref rest, "data: "u8, out var data) || rest.IsEmpty || rest[0] != '\n')
            return false;
        bytes = rest[1..];
        sse = new SseEvent(Valid(type), Valid(data));
        return true;
    }

    /// <summary>The stream has ended. <see cref="TryRead"/> gives what is still there.</summary>
    public void End() => _ended = true;

    /// <summary>Gives the next event that is complete.</summary>
    /// <exception cref="SseLimitException">A line is longer than <see cref="MaxLineBytes"/> or an event than <see cref="MaxEventBytes"/>. It is thrown again by every later call.</exception>
    public bool TryRead(out SseEvent sse)
    {
        sse = default;
        if (_failure is not null)
            throw _failure;
        if (!_hasInput && !_ended)
            return false;
        while (TryReadLine(out var line))
        {
            if (!line.IsEmpty)
                Process(line);
            else if (Dispatch(out sse))
                return true;
        }

        if (_ended && dispatchUnterminated && !_flushed)
        {
            _flushed = true;
            if (!_input.Bytes.IsEmpty)
                Process(_input.Bytes);
            return Dispatch(out sse);
        }

        _hasInput = !_input.Bytes.IsEmpty;
        return false;
    }

    /// <summary>Takes a whole line that begins so and ends with LF, and gives what it goes on with.</summary>
    private static bool TryTakeLine(scoped ref ReadOnlySpan<byte> bytes, scoped ReadOnlySpan<byte> start, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!bytes.StartsWith(start))
            return false;
        int end = bytes.IndexOfAny((byte)'\n', (byte)'\r');
        if (end < 0 || end > MaxLineBytes || bytes[end] == '\r')
            return false;
        value = bytes[start.Length..end];
        bytes = bytes[(end + 1)..];
        return true;
    }

    private bool TryReadLine(out ReadOnlySpan<byte> line)
    {
        line = default;
        if (!TrySkipByteOrderMark())
            return false;
        var bytes = _input.Bytes;
        if (_afterCarriageReturn && !bytes.IsEmpty)
        {
            // A lone CR ends a line at once; a LF right behind it was the rest of CRLF.
            _afterCarriageReturn = false;
            if (bytes[0] == '\n')
            {
                _input.Skip(1);
                bytes = _input.Bytes;
            }
        }

        int end = bytes[_searched..].IndexOfAny((byte)'\n', (byte)'\r');
        int length = end < 0 ? bytes.Length : end + _searched;
        if (length > MaxLineBytes)
            throw _failure = new SseLimitException($"A line of the event stream is longer than {MaxLineBytes} bytes.");
        if (end < 0)
        {
            _searched = length;
            return false;
        }

        _searched = 0;
        _afterCarriageReturn = bytes[length] == '\r';
        line = bytes[..length];
        _input.Skip(length + 1);
        return true;
    }

    /// <summary>"The UTF-8 decode algorithm strips one leading UTF-8 Byte Order Mark (BOM), if any."</summary>
    private bool TrySkipByteOrderMark()
    {
        if (_pastByteOrderMark)
            return true;
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        var bytes = _input.Bytes;
        if (bytes.Length < mark.Length && mark.StartsWith(bytes) && !_ended)
            return false;
        _pastByteOrderMark = true;
        if (bytes.StartsWith(mark))
            _input.Skip(mark.Length);
        return true;
    }

    private void Process(ReadOnlySpan<byte> line)
    {
        _isInBlock = true;
        int colon = line.IndexOf((byte)':');
        var name = colon < 0 ? line : line[..colon];
        var value = colon < 0 ? default : line[(colon + 1)..];
        if (!value.IsEmpty && value[0] == ' ') // "If value starts with a U+0020 SPACE character, remove it from value."
            value = value[1..];
        if (name.SequenceEqual("data"u8))
            AddData(value);
        else if (name.SequenceEqual("event"u8))
            _type.Set(value);
        else if (name.SequenceEqual("id"u8) && !value.Contains((byte)0)) // "If the field value does not contain U+0000 NULL"
            _id.Set(value);
        else if (name.SequenceEqual("retry"u8))
            SetRetry(value);
    }

    private void AddData(ReadOnlySpan<byte> value)
    {
        if (_data.Bytes.Length + value.Length + 1 > MaxEventBytes)
            throw _failure = new SseLimitException($"An event of the event stream is longer than {MaxEventBytes} bytes.");
        if (_hasData)
            _data.Append("\n"u8);
        _data.Append(value);
        _hasData = true;
    }

    private void SetRetry(ReadOnlySpan<byte> value)
    {
        // "If the field value consists of only ASCII digits"
        if (value.IsEmpty || value.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0)
            return;
        bool fits = Utf8Parser.TryParse(value, out long milliseconds, out _) && milliseconds < (long)TimeSpan.MaxValue.TotalMilliseconds;
        Retry = fits ? TimeSpan.FromMilliseconds(milliseconds) : TimeSpan.MaxValue;
    }

    private bool Dispatch(out SseEvent sse)
    {
        sse = default;
        _isInBlock = false;

        // "Set the last event ID string of the event source to the value of the last event ID buffer": also when no event comes of the block.
        if (!_id.Bytes.SequenceEqual(_committedId.Bytes))
        {
            _committedId.Set(_id.Bytes);
            _lastEventId = null;
        }

        bool isEvent = _hasData;
        if (isEvent)
            sse = new SseEvent(Valid(_type.Bytes), Valid(_data.Bytes));
        // The bytes stay where they are until the next line is read, so the event stands on them.
        _type.Clear();
        _data.Clear();
        _hasData = false;
        return isEvent;
    }

    private static ReadOnlySpan<byte> Valid(ReadOnlySpan<byte> text) =>
        Utf8.IsValid(text) ? text : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text));
}
