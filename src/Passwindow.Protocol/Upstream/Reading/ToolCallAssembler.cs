namespace Passwindow.Protocol.Upstream.Reading;

/// <summary>
/// Puts the calls of one answer together from the pieces in which the model writes them. The calls are asked for when the answer ends:
/// only then is it known that none was cut.
/// </summary>
internal sealed class ToolCallAssembler
{
    /// <summary>The most calls that one answer may make.</summary>
    public const int MaxCalls = 256;

    /// <summary>The most bytes that the arguments of all calls of one answer may have: 8 MiB.</summary>
    public const int MaxArgumentBytes = 8 << 20;

    private static readonly byte[] NoArguments = "{}"u8.ToArray();

    private readonly List<PendingToolCall> _calls = [];
    private int _argumentBytes;

    /// <summary>The call being written; null before the first.</summary>
    public PendingToolCall? Current { get; private set; }

    /// <summary>The youngest call that <paramref name="matches"/>.</summary>
    public PendingToolCall? Last(Predicate<PendingToolCall> matches) => _calls.FindLast(matches);

    /// <summary>Begins a call. An id that another call has already is replaced by a made-up one.</summary>
    public PendingToolCall Begin(string? id, long? index)
    {
        if (_calls.Count == MaxCalls)
            throw UpstreamFault.Malformed($"The model made more than {MaxCalls} calls in one answer.");
        var call = new PendingToolCall(id, index);
        if (id is not null && _calls.Exists(other => other.ProviderId == id))
            call.Id = PendingToolCall.MakeUpId();
        _calls.Add(call);
        return Current = call;
    }

    /// <summary>Adds a piece of arguments: a JSON string, or the JSON itself.</summary>
    public void Add(PendingToolCall call, ReadOnlySpan<byte> value, ICollection<ChatEvent> said)
    {
        Current = call;
        _argumentBytes += value.Length;
        if (_argumentBytes > MaxArgumentBytes)
            throw UpstreamFault.Malformed($"The arguments of the model's calls are longer than {MaxArgumentBytes} bytes.");
        if (JsonSlice.IsString(value))
            call.AddPiece(value[1..^1], said);
        else if (!value.IsEmpty)
            call.AddJson(value, said);
    }

    /// <summary>The answer has ended: asks for the calls, in order.</summary>
    /// <param name="wasCut">
    /// Whether a limit or a filter ended it. Then a call is asked for only if its arguments are a whole object; of any other, what was
    /// written is all that is told. Otherwise broken arguments are the model's own, and it is told of them by whoever runs the tool.
    /// </param>
    /// <param name="said">Where the events go.</param>
    /// <returns>Whether there was any.</returns>
    public bool End(bool wasCut, ICollection<ChatEvent> said)
    {
        bool any = false;
        foreach (var call in _calls)
        {
            call.Close(said);
            if (wasCut && !call.IsWhole)
            {
                call.Tell(said);
                continue;
            }

            if (call.Name.Length == 0)
            {
                if (call.IsBlank)
                    continue;
                throw UpstreamFault.Malformed("The model called a tool without naming it.");
            }

            said.Add(new ToolCallRequested(call.Id, call.Name, call.IsBlank ? NoArguments : call.Arguments));
            any = true;
        }

        return any;
    }
}
