using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Passwindow.Client;

/// <summary>Something for the application to do: the <c>action</c> event. Do only what you know and allow; a model asked for it.</summary>
public sealed class ActionContent : AIContent
{
    internal ActionContent(string id, JsonElement action) => (Id, Action) = (id, action);

    /// <summary>The id of the call that asked for it.</summary>
    public string Id { get; }

    /// <summary>A JSON object whose <c>type</c> says what to do.</summary>
    public JsonElement Action { get; }
}

/// <summary>What the person might ask next: the <c>suggested_questions</c> event.</summary>
public sealed class SuggestedQuestionsContent : AIContent
{
    internal SuggestedQuestionsContent(IReadOnlyList<string> questions) => Questions = questions;

    /// <summary>The questions, at most three.</summary>
    public IReadOnlyList<string> Questions { get; }
}
