using System.Text.Json;
using System.Text.Json.Serialization;

namespace Passwindow.Protocol;

/// <summary>How a turn ended: the <c>finish_reason</c> of its <c>done</c>.</summary>
[JsonConverter(typeof(SnakeCase<FinishReason>))]
public enum FinishReason
{
    /// <summary>The model came to its end.</summary>
    Stop,

    /// <summary>The model, or a limit of ours on the answer's size, cut it.</summary>
    Length,

    /// <summary>The provider withheld the rest.</summary>
    ContentFilter,

    /// <summary>The client has to answer: it runs the tools that were called.</summary>
    ToolCalls,

    /// <summary>The model asked for tools more often than <c>MaxToolRounds</c>.</summary>
    ToolLimit,

    /// <summary>Somebody asked for the stop.</summary>
    Stopped,

    /// <summary>Nobody watched for longer than <c>Linger</c>.</summary>
    Abandoned,

    /// <summary>The node that ran the turn went away.</summary>
    Interrupted,

    /// <summary>It failed; the <c>error</c> before it says how.</summary>
    Error,
}

/// <summary>Enums stand on the wire as <c>snake_case</c> words.</summary>
internal sealed class SnakeCase<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
