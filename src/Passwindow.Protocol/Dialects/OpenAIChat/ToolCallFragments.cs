using Passwindow.Protocol.Upstream;
using Passwindow.Protocol.Upstream.Reading;

namespace Passwindow.Protocol.Dialects.OpenAIChat;

/// <summary>
/// Decides to which call a fragment of <c>tool_calls</c> belongs. By the API each carries an <c>index</c>; servers leave it out, repeat
/// it, or count differently. So a fragment is told by its id first, then by its index, then it goes to the call being written. A missing
/// index is never taken for 0: that would melt parallel calls into one.
/// </summary>
internal sealed class ToolCallFragments(ToolCallAssembler calls)
{
    /// <summary>Takes one item of <c>tool_calls</c>.</summary>
    public void Read(ReadOnlySpan<byte> fragment, ICollection<ChatEvent> said)
    {
        if (!JsonSlice.IsObject(fragment))
            return;
        ReadOnlySpan<byte> id = default, index = default, function = default;
        var fields = new JsonFields(fragment);
        while (fields.MoveNext())
        {
            _ = fields.Take("id"u8, ref id) || fields.Take("index"u8, ref index)
                || fields.Take("function"u8, ref function) || fields.Take("custom"u8, ref function);
        }

        Read(JsonSlice.Text(id), JsonSlice.Number(index), function, said);
    }

    /// <summary>Takes the legacy <c>function_call</c>: one call, without id and index.</summary>
    public void ReadLegacy(ReadOnlySpan<byte> function, ICollection<ChatEvent> said)
    {
        if (JsonSlice.IsObject(function))
            Read(id: null, index: null, function, said);
    }

    private void Read(string? id, long? index, ReadOnlySpan<byte> function, ICollection<ChatEvent> said)
    {
        ReadOnlySpan<byte> name = default, arguments = default;
        if (JsonSlice.IsObject(function))
        {
            var fields = new JsonFields(function);
            while (fields.MoveNext())
                _ = fields.Take("name"u8, ref name) || fields.Take("arguments"u8, ref arguments) || fields.Take("input"u8, ref arguments);
        }

        string? named = JsonSlice.Text(name);
        bool writes = !arguments.IsEmpty && !arguments.SequenceEqual("\"\""u8);
        if (id is null && named is null && !writes)
            return;
        var call = id is not null ? ById(id, index, named, writes) : ByIndex(index, named, writes);
        if (call.Name.Length == 0 && named is not null)
            call.Name = named;
        calls.Add(call, arguments, said);
    }

    private PendingToolCall ById(string id, long? index, string? name, bool writes)
    {
        var same = calls.Last(call => call.ProviderId == id && Agree(call.Index, index));
        if (same is not null)
            return IsNext(same, name, writes) ? calls.Begin(id, index) : same;
        // The id of a call may come after its name; once one was made up and said it stays.
        var nameless = calls.Last(call => call.ProviderId is null && Agree(call.Index, index));
        if (nameless is null || (name is not null && nameless.Name.Length > 0) || calls.Last(call => call.ProviderId == id) is not null)
            return calls.Begin(id, index);
        nameless.ProviderId = id;
        return nameless;
    }

    private PendingToolCall ByIndex(long? index, string? name, bool writes)
    {
        var same = index is null ? calls.Current : calls.Last(call => call.Index == index);
        if (same is null && name is null)
            same = calls.Current; // an index that no call began with
        if (same is null)
            return calls.Begin(id: null, index);
        bool isNext = index is null && name is not null && same.Name.Length > 0 && same.IsBlank;
        return isNext || IsNext(same, name, writes) ? calls.Begin(id: null, index) : same;
    }

    /// <summary>
    /// Whether a fragment that looks like <paramref name="call"/> begins another: it has another name, or it has a name and writes more
    /// where the arguments are complete. (Servers exist that repeat id and name in every fragment.)
    /// </summary>
    private static bool IsNext(PendingToolCall call, string? name, bool writes) =>
        name is not null && call.Name.Length > 0 && (name != call.Name || (writes && call.HasClosed));

    private static bool Agree(long? left, long? right) => left is null || right is null || left == right;
}
