namespace Passwindow.Protocol;

/// <summary>What an event tells (contract, section 3). The order of the members is not part of any format; the names are.</summary>
public enum EventType
{
    /// <summary>A type that this version does not know. Readers skip it.</summary>
    Unknown,

    /// <summary>The turn exists; committed before the upstream has answered.</summary>
    Start,

    /// <summary>Text of the answer.</summary>
    Token,

    /// <summary>The model's visible thinking.</summary>
    Reasoning,

    /// <summary>The arguments of a call while the model writes them.</summary>
    ToolArguments,

    /// <summary>The model asked for a tool; its arguments are complete.</summary>
    ToolCall,

    /// <summary>The tool answered.</summary>
    ToolResult,

    /// <summary>Something for the client to do.</summary>
    Action,

    /// <summary>A source.</summary>
    Citation,

    /// <summary>The answer goes on after a break; what follows was generated anew.</summary>
    Seam,

    /// <summary>What the turn cost, as far as known.</summary>
    Usage,

    /// <summary>Follow-up questions.</summary>
    SuggestedQuestions,

    /// <summary>What went wrong, in words safe to show.</summary>
    Error,

    /// <summary>The end of the turn: last, always, once.</summary>
    Done,
}
