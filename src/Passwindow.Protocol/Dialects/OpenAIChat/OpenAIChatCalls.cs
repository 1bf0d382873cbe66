using System.Buffers;
using System.Text.Json;

namespace Passwindow.Protocol.Dialects.OpenAIChat;

/// <summary>The calls of a turn that are its client's, in the order in which they were first told of: that is their <c>index</c>.</summary>
internal sealed class OpenAIChatCalls
{
    private readonly List<byte[]> _ids = [];

    /// <summary>The place of a call.</summary>
    /// <param name="id">Its id, as it stands in the event.</param>
    /// <param name="isNew">Whether it was not told of before.</param>
    public int Find(ReadOnlySpan<byte> id, out bool isNew)
    {
        for (int i = _ids.Count - 1; i >= 0; i--)
        {
            if (id.SequenceEqual(_ids[i]))
            {
                isNew = false;
                return i;
            }
        }

        isNew = true;
        _ids.Add(id.ToArray());
        return _ids.Count - 1;
    }

    /// <summary>Whether the event is of a call that the client answers; asked once a call.</summary>
    public bool IsClients(ReadOnlySpan<byte> json, FrameContext context)
    {
        var id = EventJson.GetRequired(json, "id"u8);
        foreach (byte[] known in _ids)
        {
            if (id.SequenceEqual(known))
                return true;
        }

        return context.IsClientTool(EventJson.GetString(json, "name"u8) ?? "");
    }

    /// <summary>Arguments as the API carries them: the JSON as a text.</summary>
    public static ReadOnlySpan<byte> AsText(ReadOnlySpan<byte> arguments)
    {
        var text = new ArrayBufferWriter<byte>(arguments.Length + 16);
        using var json = new Utf8JsonWriter(text, EventWriter.Options);
        json.WriteStringValue(arguments);
        json.Flush();
        return text.WrittenSpan;
    }
}
