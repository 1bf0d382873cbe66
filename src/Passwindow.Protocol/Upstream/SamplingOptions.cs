using System.Text.Json;

namespace Passwindow.Protocol.Upstream;

/// <summary>How a model is to answer, as far as a request says so. What is null is left to the provider.</summary>
/// <remarks>
/// The named ones mean the same everywhere and go to every provider whose API has a word for them. Beside them stand the fields as a request
/// in a provider's own API had them (<see cref="Native"/>): to an upstream of that API they go as they are, with those that have no name here.
/// </remarks>
public sealed record SamplingOptions
{
    /// <summary>Everything is left to the provider.</summary>
    public static SamplingOptions Default { get; } = new();

    /// <summary>The most tokens that the answer may have (where the API demands a number, the writer has a default).</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>The randomness: 0 for the likeliest token always.</summary>
    public double? Temperature { get; init; }

    /// <summary>Only the likeliest tokens that together have this probability.</summary>
    public double? TopP { get; init; }

    /// <summary>Texts at which the answer ends.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>Which tools the model may or must call.</summary>
    public ToolChoice? ToolChoice { get; init; }

    /// <summary>Whether it may call several at once.</summary>
    public bool? ParallelToolCalls { get; init; }

    /// <summary>How much it thinks: <c>minimal</c>, <c>low</c>, <c>medium</c>, <c>high</c> or what else the provider has a word for.</summary>
    public string? ReasoningEffort { get; init; }

    /// <summary>A JSON Schema that the answer must fit, as the APIs of OpenAI name it: <c>{name, schema, strict?}</c>.</summary>
    public JsonElement? AnswerSchema { get; init; }

    /// <summary>The fields of the request as they stood in it, if it was written for a provider's API.</summary>
    public NativeOptions? Native { get; init; }

    /// <summary>The fields for an upstream of that API; null if the request was not written for it.</summary>
    /// <param name="api">The name of an <see cref="UpstreamApi"/>.</param>
    public JsonElement? FieldsFor(string api) => Native is { } native && native.Api == api ? native.Fields : null;
}

/// <summary>Fields of a request in a provider's own words.</summary>
/// <param name="Api">The name of the <see cref="UpstreamApi"/> whose words they are.</param>
/// <param name="Fields">A JSON object, without what the request's writer writes itself: model, messages, tools, streaming.</param>
public sealed record NativeOptions(string Api, JsonElement Fields);

/// <summary>Which tools a model may or must call.</summary>
/// <param name="Kind">The rule.</param>
/// <param name="Name">The one tool, for <see cref="ToolChoiceKind.One"/>.</param>
public sealed record ToolChoice(ToolChoiceKind Kind, string? Name = null);

/// <summary>The rules for calling tools that the APIs have in common.</summary>
public enum ToolChoiceKind
{
    /// <summary>The model decides.</summary>
    Auto,

    /// <summary>None.</summary>
    None,

    /// <summary>At least one.</summary>
    Any,

    /// <summary>The one that is named.</summary>
    One,
}
