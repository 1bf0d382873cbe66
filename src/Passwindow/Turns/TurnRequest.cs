using System.Text.Json;
using Passwindow.Protocol;
using Passwindow.Protocol.Dialects.Native;
using Passwindow.Protocol.Upstream;
using Passwindow.Tools;
using Passwindow.Upstream;

namespace Passwindow.Turns;

/// <summary>A turn that somebody wants, checked and complete.</summary>
/// <param name="Tenant">Whose it will be.</param>
/// <param name="User">Who asks; null when nobody is signed in.</param>
/// <param name="Conversation">The conversation it continues; null begins a new one.</param>
/// <param name="Message">What the person wrote.</param>
/// <param name="Model">The model that will answer.</param>
internal sealed record TurnRequest(TenantId Tenant, string? User, ConversationId? Conversation, string Message, ResolvedModel Model)
{
    /// <summary>What the request gives to the model, where that is more than the message; null where it is not.</summary>
    public TurnInput? Input { get; init; }

    /// <summary>How the model is to answer.</summary>
    public SamplingOptions Options { get; init; } = SamplingOptions.Default;

    /// <summary>
    /// Whether the client wants the provider's calls as they come, checked by itself: those of tools that nobody declared too, and with
    /// whatever arguments. Otherwise the model is told what is wrong with a call, and asked again.
    /// </summary>
    public bool IsRelayed { get; init; }

    /// <summary>Whether the conversation stands in its tenant's list.</summary>
    public bool IsListed { get; init; } = true;

    /// <summary>The tools that the client runs.</summary>
    public IReadOnlyList<ToolDeclaration> Tools { get; init; } = [];

    /// <summary>The same as the client wrote them, for the journal.</summary>
    public JsonElement? ToolsJson { get; init; }

    /// <summary>The tools of the server, as they are now.</summary>
    public IReadOnlyList<ServerTool> ServerTools { get; init; } = [];

    /// <summary>The model that suggests follow-up questions; null for none.</summary>
    public ResolvedModel? Suggestions { get; init; }

    /// <summary>The turn that this one continues, with what its client's tools gave; null where a person's message begins it.</summary>
    public Continuation? Continues { get; init; }

    /// <summary>What to do when the conversation has a running turn.</summary>
    public IfActive IfActive { get; init; }

    /// <summary>The turn whose place it takes; one of the same conversation, or nothing is left out.</summary>
    public TurnId? Replaces { get; init; }

    /// <summary>The <c>Idempotency-Key</c> of the request.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>What was asked with that key: SHA-256 in hexadecimal digits.</summary>
    public string? RequestHash { get; init; }

    /// <summary>What the client wants to find again.</summary>
    public JsonElement? Metadata { get; init; }
}

/// <summary>What a request gives to the model.</summary>
/// <param name="Messages">The messages, the question or what the client's tools gave last.</param>
/// <param name="IsWhole">Whether that is the whole conversation: nothing that the journal knows of it goes before. A client that keeps the history sends it.</param>
/// <param name="IsKept">Whether the journal keeps the messages with the turn, so that another turn can follow it.</param>
internal sealed record TurnInput(IReadOnlyList<ChatMessage> Messages, bool IsWhole, bool IsKept)
{
    /// <summary>What the operator tells the model before everything else, in this turn alone: those that follow it do not know it. Null for nothing.</summary>
    public string? Instructions { get; init; }
}

/// <summary>Why a turn could not be started. The engine states the fact; HTTP decides the status.</summary>
internal enum TurnRefusal
{
    /// <summary>The conversation has a running turn.</summary>
    ConversationIsBusy,

    /// <summary>As many turns wait in the conversation as may.</summary>
    QueueIsFull,

    /// <summary>As many turns run as may.</summary>
    Overloaded,

    /// <summary>The server is going down.</summary>
    ShuttingDown,

    /// <summary>The journal takes no appends.</summary>
    JournalUnavailable,

    /// <summary>The turn to be continued waits for no results.</summary>
    NotWaiting,

    /// <summary>The turn to be continued has been.</summary>
    AlreadyAnswered,

    /// <summary>The results are not those that the turn waits for.</summary>
    WrongResults,
}

/// <summary>A turn was not started; nothing was journalled and no upstream was asked.</summary>
internal sealed class TurnRefusedException(TurnRefusal refusal, string message, Exception? innerException = null) : Exception(message, innerException)
{
    public TurnRefusal Refusal { get; } = refusal;

    /// <summary>The turn that is in the way, if one is.</summary>
    public TurnId? ActiveTurn { get; init; }
}
