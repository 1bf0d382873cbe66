using System.Text.Json.Serialization;

namespace Passwindow.Protocol.Upstream;

/// <summary>Who speaks in a message.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ChatRole>))]
public enum ChatRole
{
    /// <summary>The operator's instructions.</summary>
    [JsonStringEnumMemberName("system")]
    System,

    /// <summary>The person.</summary>
    [JsonStringEnumMemberName("user")]
    User,

    /// <summary>The model.</summary>
    [JsonStringEnumMemberName("assistant")]
    Assistant,

    /// <summary>A tool's answer.</summary>
    [JsonStringEnumMemberName("tool")]
    Tool,
}

/// <summary>One message of what goes to a model.</summary>
/// <param name="Role">Who speaks.</param>
/// <param name="Parts">What they say, in order.</param>
public sealed record ChatMessage(ChatRole Role, IReadOnlyList<MessagePart> Parts)
{
    /// <summary>A message of one text.</summary>
    public static ChatMessage Of(ChatRole role, string text) => new(role, [new TextPart(text)]);
}

/// <summary>A part of a message.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(TextPart), "text")]
[JsonDerivedType(typeof(ImagePart), "image")]
[JsonDerivedType(typeof(ReasoningPart), "reasoning")]
[JsonDerivedType(typeof(ToolCallPart), "tool_call")]
[JsonDerivedType(typeof(ToolResultPart), "tool_result")]
public abstract record MessagePart;

/// <summary>Text.</summary>
/// <param name="Text">The text.</param>
public sealed record TextPart(string Text) : MessagePart;

/// <summary>An image. Nobody here fetches it: the provider does, or is given it whole.</summary>
/// <param name="Url">An <c>https:</c> URL, or the image itself as a <c>data:</c> URL in base64 (RFC 2397).</param>
/// <param name="Detail">How closely the model is to look (<c>low</c>, <c>high</c>, <c>auto</c>), where the provider has a word for it; null leaves it to the provider.</param>
public sealed record ImagePart(string Url, string? Detail = null) : MessagePart;

/// <summary>Thinking that goes back to the provider it came from; other providers never see it.</summary>
/// <param name="Text">The thinking.</param>
/// <param name="Signature">The provider's signature over it; without one it is not sent back.</param>
/// <param name="Redacted">Thinking that the provider encrypted.</param>
public sealed record ReasoningPart(string Text, string? Signature, string? Redacted) : MessagePart;

/// <summary>A call that the model made.</summary>
/// <param name="Id">The call's id.</param>
/// <param name="Name">The tool.</param>
/// <param name="Arguments">A JSON object.</param>
public sealed record ToolCallPart(string Id, string Name, string Arguments) : MessagePart;

/// <summary>What a tool answered.</summary>
/// <param name="Id">The call's id.</param>
/// <param name="Name">The tool.</param>
/// <param name="Result">A JSON value, or the text of an error.</param>
/// <param name="IsError">Whether the tool failed.</param>
public sealed record ToolResultPart(string Id, string Name, string Result, bool IsError) : MessagePart;

/// <summary>A tool as the model is told of it.</summary>
/// <param name="Name">At most 128 visible ASCII characters; every provider accepts 1 to 64 of <c>A-Z a-z 0-9 _ -</c>.</param>
/// <param name="Description">What it does; null if nothing was said.</param>
/// <param name="Parameters">The JSON Schema of its arguments, a JSON object; null for a tool without arguments.</param>
public sealed record ToolDeclaration(string Name, string? Description, string? Parameters)
{
    /// <summary>Whether the provider is to hold the model to the schema (<c>strict</c>), where it has a word for that; null leaves it to the provider.</summary>
    public bool? IsStrict { get; init; }
}

/// <summary>What is asked of a model.</summary>
/// <param name="Model">The provider's own name for the model.</param>
/// <param name="Messages">The conversation so far, the question last.</param>
/// <param name="Tools">The tools it may call.</param>
public sealed record ChatRequest(string Model, IReadOnlyList<ChatMessage> Messages, IReadOnlyList<ToolDeclaration> Tools)
{
    /// <summary>How it is to answer.</summary>
    public SamplingOptions Options { get; init; } = SamplingOptions.Default;
}
