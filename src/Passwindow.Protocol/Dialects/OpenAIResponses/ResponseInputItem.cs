using System.Text.Json;
using Passwindow.Protocol.Dialects.OpenAIChat;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Protocol.Dialects.OpenAIResponses;

/// <summary>One item of a response's input, as the API shows it again.</summary>
internal sealed class ResponseInputItem
{
    private readonly Action<Utf8JsonWriter> _members;

    private ResponseInputItem(string id, Action<Utf8JsonWriter> members)
    {
        Id = id;
        _members = members;
    }

    public string Id { get; }

    /// <summary>The items of a turn's messages, oldest first. Thinking is left out: whoever sent it has it.</summary>
    public static IEnumerable<ResponseInputItem> Of(TurnId turn, IEnumerable<ChatMessage> messages)
    {
        int index = 0;
        foreach (var message in messages)
        {
            var role = message.Role;
            var content = message.Parts.Where(static part => part is TextPart or ImagePart).ToList();
            if (content.Count > 0)
                yield return new ResponseInputItem(ResponseId.OfItem("in", turn, index++), json => WriteMessage(json, role, content));
            foreach (var part in message.Parts)
            {
                if (part is ToolCallPart call)
                    yield return new ResponseInputItem(ResponseId.OfItem("in", turn, index++), json => WriteCall(json, call));
                else if (part is ToolResultPart result)
                    yield return new ResponseInputItem(ResponseId.OfItem("in", turn, index++), json => WriteOutput(json, result));
            }
        }
    }

    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, Id);
        _members(json);
        json.WriteString("status"u8, "completed"u8);
        json.WriteEndObject();
    }

    private static void WriteMessage(Utf8JsonWriter json, ChatRole role, List<MessagePart> content)
    {
        json.WriteString("type"u8, "message"u8);
        json.WriteString("role"u8, OpenAIWords.Of(role));
        json.WriteStartArray("content"u8);
        foreach (var part in content)
        {
            json.WriteStartObject();
            if (part is ImagePart image)
            {
                json.WriteString("type"u8, "input_image"u8);
                json.WriteString("image_url"u8, image.Url);
                json.WriteString("detail"u8, image.Detail ?? "auto");
            }
            else
            {
                json.WriteString("type"u8, role == ChatRole.Assistant ? "output_text"u8 : "input_text"u8);
                json.WriteString("text"u8, ((TextPart)part).Text);
                if (role == ChatRole.Assistant)
                {
                    json.WriteStartArray("annotations"u8);
                    json.WriteEndArray();
                }
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteCall(Utf8JsonWriter json, ToolCallPart call)
    {
        json.WriteString("type"u8, "function_call"u8);
        json.WriteString("call_id"u8, call.Id);
        json.WriteString("name"u8, call.Name);
        json.WriteString("arguments"u8, call.Arguments);
    }

    private static void WriteOutput(Utf8JsonWriter json, ToolResultPart result)
    {
        json.WriteString("type"u8, "function_call_output"u8);
        json.WriteString("call_id"u8, result.Id);
        json.WriteString("output"u8, OpenAIWords.Of(result));
    }
}
