using System.Text.Json;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Protocol.Dialects.OpenAIChat;

/// <summary>What OpenAI's two APIs spell alike but for a word: the content of a message with images, and which tools may be called.</summary>
internal static class OpenAIContent
{
    /// <summary>Writes the content of a message that has more than text.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="message">The message.</param>
    /// <param name="textType">What the API calls a part of text.</param>
    /// <param name="writeImage">Writes the members of a part that is an image.</param>
    public static void Write(Utf8JsonWriter json, ChatMessage message, ReadOnlySpan<byte> textType, Action<Utf8JsonWriter, ImagePart> writeImage)
    {
        json.WriteStartArray("content"u8);
        foreach (var part in message.Parts)
        {
            if (part is not (TextPart or ImagePart))
                continue;
            json.WriteStartObject();
            if (part is ImagePart image)
            {
                writeImage(json, image);
            }
            else
            {
                json.WriteString("type"u8, textType);
                json.WriteString("text"u8, ((TextPart)part).Text);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Writes which tools the model may or must call, and whether several at once. The APIs refuse it where no tools are offered.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="options">What is asked for.</param>
    /// <param name="isWrapped">Whether the name of the one tool stands in an object <c>function</c> of its own.</param>
    public static void WriteToolOptions(Utf8JsonWriter json, SamplingOptions options, bool isWrapped)
    {
        if (options.ToolChoice is { Kind: ToolChoiceKind.One } one)
        {
            json.WriteStartObject("tool_choice"u8);
            json.WriteString("type"u8, "function"u8);
            if (isWrapped)
                json.WriteStartObject("function"u8);
            json.WriteString("name"u8, one.Name);
            if (isWrapped)
                json.WriteEndObject();
            json.WriteEndObject();
        }
        else if (options.ToolChoice is { } choice)
        {
            json.WriteString("tool_choice"u8, OpenAIWords.Of(choice.Kind));
        }

        if (options.ParallelToolCalls is { } parallel)
            json.WriteBoolean("parallel_tool_calls"u8, parallel);
    }
}
