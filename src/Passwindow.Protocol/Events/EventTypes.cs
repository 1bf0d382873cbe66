namespace Passwindow.Protocol;

/// <summary>The names of <see cref="EventType"/> on the wire.</summary>
public static class EventTypes
{
    /// <summary>The name as UTF-8, for example <c>tool_call</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="type"/> is <see cref="EventType.Unknown"/>, which has no name.</exception>
    public static ReadOnlySpan<byte> Name(EventType type) => type switch
    {
        EventType.Start => "start"u8,
        EventType.Token => "token"u8,
        EventType.Reasoning => "reasoning"u8,
        EventType.ToolArguments => "tool_arguments"u8,
        EventType.ToolCall => "tool_call"u8,
        EventType.ToolResult => "tool_result"u8,
        EventType.Action => "action"u8,
        EventType.Citation => "citation"u8,
        EventType.Seam => "seam"u8,
        EventType.Usage => "usage"u8,
        EventType.SuggestedQuestions => "suggested_questions"u8,
        EventType.Error => "error"u8,
        EventType.Done => "done"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "An event of an unknown type cannot be written."),
    };

    /// <summary>The type of a name; <see cref="EventType.Unknown"/> for one that a later version may have added.</summary>
    public static EventType Parse(ReadOnlySpan<byte> name)
    {
        for (var type = EventType.Start; type <= EventType.Done; type++)
        {
            if (name.SequenceEqual(Name(type)))
                return type;
        }

        return EventType.Unknown;
    }
}
