using System.Text;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Tools;

/// <summary>What became of one call.</summary>
/// <param name="Json">What the tool gave, a JSON value; empty if it failed.</param>
/// <param name="Error">Why it failed, in words for model and viewer; null if it did not.</param>
/// <param name="Duration">How long it ran.</param>
internal readonly record struct ToolOutcome(ReadOnlyMemory<byte> Json, string? Error, TimeSpan Duration)
{
    public static ToolOutcome Failed(string error, TimeSpan duration = default) => new(default, error, duration);

    /// <summary>The same for the model.</summary>
    public ToolResultPart ToPart(string id, string name) => new(id, name, Error ?? Encoding.UTF8.GetString(Json.Span), IsError: Error is not null);
}
