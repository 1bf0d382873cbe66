using System.Text.Json;

namespace Passwindow.Testing.Dialects;

/// <summary>Reads the live form of Durable Streams in JSON mode: behind each <c>data</c> a <c>control</c>, the last of which closes the stream.</summary>
public static class DurableStreamsDecoder
{
    /// <exception cref="ProtocolViolationException">A client would lose its place.</exception>
    public static Told Decode(IEnumerable<StreamEvent> frames)
    {
        var events = new List<StreamEvent>();
        var (isData, isClosed, offset) = (true, false, "");
        foreach (var frame in frames)
        {
            if (isClosed || frame.Type != (isData ? "data" : "control"))
                throw new ProtocolViolationException($"{frame.Type} at a wrong place.");
            var json = JsonElement.Parse(frame.Data);
            if (isData)
            {
                events.AddRange(json.EnumerateArray().Select(static each => new StreamEvent("message", each.GetRawText())));
            }
            else
            {
                string next = json.GetProperty("streamNextOffset").GetString()!;
                isClosed = json.TryGetProperty("streamClosed", out var closed) && closed.GetBoolean();
                if (string.CompareOrdinal(next, offset) <= 0 || isClosed == json.TryGetProperty("streamCursor", out _))
                    throw new ProtocolViolationException("An offset that does not grow, or a cursor of a closed stream.");
                offset = next;
            }

            isData = !isData;
        }

        return NativeDecoder.Decode(events);
    }
}
