using System.Buffers;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Protocol.Dialects.OpenAIChat;

/// <summary>TODO</summary>
public static class OpenAIChatRequestWriter
{
    /// <summary>TODO</summary>
    public static void Write(ChatRequest request, IBufferWriter<byte> output) => throw new NotImplementedException();

    /// <summary>TODO</summary>
    public static IEnumerable<KeyValuePair<string, string>> Headers(string? apiKey) => throw new NotImplementedException();
}
