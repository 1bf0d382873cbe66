using System.Buffers;

namespace Passwindow.Protocol.Upstream.Reading;

/// <summary>A call that the model is writing.</summary>
internal sealed class PendingToolCall(string? providerId, long? index)
{
    private readonly ArrayBufferWriter<byte> _arguments = new();
    private readonly SurrogateJoiner _joiner = new();
    private string? _id;
    private ObjectWatch _watch;
    private int _pieces;
    private int _told;

    /// <summary>What the provider calls it, if it said so; two calls may have the same.</summary>
    public string? ProviderId { get; set; } = providerId;

    /// <summary>The place that the provider gave it; two calls may have the same.</summary>
    public long? Index { get; } = index;

    /// <summary>The tool; empty while it is not known.</summary>
    public string Name { get; set; } = "";

    /// <summary>The id for the turn.</summary>
    public string Id
    {
        get => _id ??= ProviderId ?? MakeUpId();
        set => _id = value;
    }

    /// <summary>The arguments so far.</summary>
    public ReadOnlyMemory<byte> Arguments => _arguments.WrittenMemory;

    /// <summary>Whether the object that the arguments are has closed, so that nothing can follow.</summary>
    public bool HasClosed => _watch.HasClosed;

    /// <summary>Whether the arguments are one whole JSON object. It reads all of them.</summary>
    public bool IsWhole => JsonSlice.IsWholeObject(_arguments.WrittenSpan);

    /// <summary>Whether the model wrote nothing.</summary>
    public bool IsBlank => _arguments.WrittenSpan.Trim(" \t\r\n"u8) is var written && (written.IsEmpty || written.SequenceEqual("null"u8));

    public static string MakeUpId() => "call_" + Guid.NewGuid().ToString("N");

    /// <summary>Adds the inside of a JSON string.</summary>
    public void AddPiece(ReadOnlySpan<byte> text, ICollection<ChatEvent> said)
    {
        int before = _arguments.WrittenCount;
        _joiner.Append(text, _arguments);
        CountPiece(before, said);
    }

    /// <summary>Adds arguments that came as JSON, not as a string of it.</summary>
    public void AddJson(ReadOnlySpan<byte> json, ICollection<ChatEvent> said)
    {
        int before = _arguments.WrittenCount;
        _arguments.Write(json);
        CountPiece(before, said);
    }

    /// <summary>No piece will follow.</summary>
    public void Close(ICollection<ChatEvent> said)
    {
        int before = _arguments.WrittenCount;
        _joiner.Flush(_arguments);
        CountPiece(before, said);
    }

    /// <summary>Says what has not been said of the arguments.</summary>
    public void Tell(ICollection<ChatEvent> said)
    {
        if (_told < _arguments.WrittenCount && Name.Length > 0)
        {
            said.Add(new ToolArgumentsDelta(Id, Name, _arguments.WrittenMemory[_told..]));
            _told = _arguments.WrittenCount;
        }
    }

    // Whether arguments come in pieces shows only at the second: the first is held until then, and told together with it.
    private void CountPiece(int before, ICollection<ChatEvent> said)
    {
        if (_arguments.WrittenCount == before)
            return;
        _watch.See(_arguments.WrittenSpan[before..]);
        if (++_pieces > 1)
            Tell(said);
    }
}
