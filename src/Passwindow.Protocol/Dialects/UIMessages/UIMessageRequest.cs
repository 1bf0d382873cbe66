using System.Text.Json;
using Passwindow.Protocol.Dialects.Native;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Protocol.Dialects.UIMessages;

/// <summary>
/// The body of <c>POST /api/chat</c> as the AI SDK's transport sends it, <c>{id, messages, trigger, messageId}</c>, or with the last message
/// alone (<c>message</c>), as an app sends it that leaves the history to the server.
/// </summary>
/// <param name="Conversation">The chat's id, or one made of it where it has not the form of an id.</param>
/// <param name="Messages">The messages, oldest first; at least one.</param>
public sealed record UIMessageRequest(ConversationId Conversation, IReadOnlyList<GivenMessage> Messages)
{
    /// <summary>Whether they are the history as the client has it: <c>messages</c>, not <c>message</c>.</summary>
    public bool HasHistory { get; init; }

    /// <summary>Whether the answer to the last message is to be made anew.</summary>
    public bool IsRegeneration { get; init; }

    /// <summary>The message that is edited, made anew or continued; null for none.</summary>
    public string? MessageId { get; init; }

    /// <summary>The model; null means the server's default.</summary>
    public string? Model { get; init; }

    /// <summary>The tools that the client runs, in the form of <c>POST /chat</c>.</summary>
    public IReadOnlyList<ToolDeclaration> Tools { get; init; } = [];

    /// <summary>The same as they stood in the body; null for none.</summary>
    public JsonElement? ToolsJson { get; init; }

    /// <summary>What to do when the conversation has a running turn. A page that asks again has stopped listening to it: it is stopped.</summary>
    public IfActive IfActive { get; init; } = IfActive.Interrupt;

    /// <summary>A JSON object that the client wants to find again; null for none.</summary>
    public JsonElement? Metadata { get; init; }

    /// <summary>The message that this is about.</summary>
    public GivenMessage Last => Messages[^1];
}

/// <summary>A message as the client has it.</summary>
/// <param name="Id">Its id: for an answer of this server the turn's.</param>
/// <param name="Role">Who speaks: the person, the model, or the operator.</param>
/// <param name="Parts">What this server makes something of; the others are left out.</param>
public sealed record GivenMessage(string Id, ChatRole Role, IReadOnlyList<GivenPart> Parts)
{
    /// <summary>The calls in it.</summary>
    public IEnumerable<GivenCall> Calls => Parts.OfType<GivenCall>();
}

/// <summary>A part of a message as the client has it.</summary>
public abstract record GivenPart;

/// <summary>The beginning of an answer of the model.</summary>
public sealed record GivenStep : GivenPart;

/// <summary>Something to say.</summary>
/// <param name="Part">Text or an image.</param>
public sealed record GivenSpeech(MessagePart Part) : GivenPart;

/// <summary>A call, with what has become of it.</summary>
/// <param name="Id">The call.</param>
/// <param name="Name">The tool.</param>
/// <param name="Arguments">A JSON value; an object, if the model wrote one.</param>
public sealed record GivenCall(string Id, string Name, string Arguments) : GivenPart
{
    /// <summary>What the tool gave, any JSON value; null if it has not, or failed.</summary>
    public JsonElement? Output { get; init; }

    /// <summary>Why it failed, or was denied; null if it did not.</summary>
    public string? Error { get; init; }

    /// <summary>The person's yes or no; null if there is none.</summary>
    public bool? IsApproved { get; init; }

    /// <summary>Why.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether it has come to an end.</summary>
    public bool IsAnswered => Output is not null || Error is not null;
}
