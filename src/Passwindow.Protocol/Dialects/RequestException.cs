namespace Passwindow.Protocol.Dialects;

/// <summary>A request body is not what its dialect asks for. Nothing has happened yet.</summary>
/// <param name="message">What is wrong and where, in words for whoever wrote the client.</param>
public sealed class RequestException(string message) : Exception(message)
{
    /// <summary>The field that is wrong, as a path (<c>messages[0].content</c>), where the dialect's form of an error names it; null otherwise.</summary>
    public string? Param { get; init; }
}
