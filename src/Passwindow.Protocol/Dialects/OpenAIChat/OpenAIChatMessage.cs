using Passwindow.Protocol.Upstream;
using Passwindow.Protocol.Upstream.Reading;

namespace Passwindow.Protocol.Dialects.OpenAIChat;

/// <summary>Reads what a <c>delta</c> (or the <c>message</c> of an answer that is not streamed) says.</summary>
internal sealed class OpenAIChatMessage(AnswerText text, ToolCallAssembler calls, OpenAIChatSources sources)
{
    private readonly ToolCallFragments _fragments = new(calls);

    /// <summary>Whether the last one that was read held a string as <c>content</c> and nothing else that says anything.</summary>
    public bool WasOnlyText { get; private set; }

    /// <exception cref="System.Text.Json.JsonException">It has a field twice.</exception>
    public void Read(ReadOnlySpan<byte> delta, ICollection<ChatEvent> said)
    {
        ReadOnlySpan<byte> role = default, content = default, refusal = default, toolCalls = default, functionCall = default, annotations = default;
        ReadOnlySpan<byte> reasoningContent = default, reasoning = default, reasoningDetails = default;
        var fields = new JsonFields(delta);
        while (fields.MoveNext())
        {
            _ = fields.Take("content"u8, ref content)
                || fields.Take("reasoning_content"u8, ref reasoningContent)
                || fields.Take("reasoning"u8, ref reasoning)
                || fields.Take("reasoning_details"u8, ref reasoningDetails)
                || fields.Take("refusal"u8, ref refusal)
                || fields.Take("tool_calls"u8, ref toolCalls)
                || fields.Take("function_call"u8, ref functionCall)
                || fields.Take("annotations"u8, ref annotations)
                || fields.Take("role"u8, ref role);
        }

        WasOnlyText = JsonSlice.IsString(content) && refusal.IsEmpty && toolCalls.IsEmpty && functionCall.IsEmpty && annotations.IsEmpty
            && reasoningContent.IsEmpty && reasoning.IsEmpty && reasoningDetails.IsEmpty;
        ReadReasoning(reasoningContent, reasoning, reasoningDetails, said);
        if (JsonSlice.IsArray(content))
            ReadParts(content, said);
        else
            text.Text(content, said);
        text.Refusal(refusal, said);
        if (JsonSlice.IsArray(toolCalls))
        {
            var items = new JsonItems(toolCalls);
            while (items.MoveNext())
                _fragments.Read(items.Value, said);
        }

        _fragments.ReadLegacy(functionCall, said);
        sources.ReadAnnotations(annotations, said);
    }

    // Servers that know several of the fields say the same in each: one is enough.
    private void ReadReasoning(ReadOnlySpan<byte> content, ReadOnlySpan<byte> reasoning, ReadOnlySpan<byte> details, ICollection<ChatEvent> said)
    {
        if (JsonSlice.IsString(content) && content.Length > 2)
            text.Reasoning(content, said);
        else if (JsonSlice.IsString(reasoning) && reasoning.Length > 2)
            text.Reasoning(reasoning, said);
        else if (JsonSlice.IsArray(details))
            ReadDetails(details, said);
    }

    // OpenRouter: `reasoning.text` has `text`, `reasoning.summary` has `summary`, `reasoning.encrypted` nothing to read.
    private void ReadDetails(ReadOnlySpan<byte> details, ICollection<ChatEvent> said)
    {
        var items = new JsonItems(details);
        while (items.MoveNext())
        {
            if (!JsonSlice.IsObject(items.Value))
                continue;
            ReadOnlySpan<byte> part = default;
            var fields = new JsonFields(items.Value);
            while (fields.MoveNext())
                _ = fields.Take("text"u8, ref part) || fields.Take("summary"u8, ref part);
            text.Reasoning(part, said);
        }
    }

    // Mistral: `content` is an array of parts, `{type: text, text}` and `{type: thinking, thinking: [parts]}`.
    private void ReadParts(ReadOnlySpan<byte> content, ICollection<ChatEvent> said)
    {
        var items = new JsonItems(content);
        while (items.MoveNext())
        {
            if (!JsonSlice.IsObject(items.Value))
            {
                text.Text(items.Value, said);
                continue;
            }

            ReadOnlySpan<byte> part = default, thinking = default, refusal = default;
            var fields = new JsonFields(items.Value);
            while (fields.MoveNext())
                _ = fields.Take("text"u8, ref part) || fields.Take("thinking"u8, ref thinking) || fields.Take("refusal"u8, ref refusal);
            text.Reasoning(thinking, said);
            if (JsonSlice.IsArray(thinking))
                ReadDetails(thinking, said);
            text.Text(part, said);
            text.Refusal(refusal, said);
        }
    }
}
