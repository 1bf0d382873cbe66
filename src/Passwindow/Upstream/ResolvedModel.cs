namespace Passwindow.Upstream;

/// <summary>A model that can be asked.</summary>
/// <param name="Upstream">Who answers.</param>
/// <param name="Name">What <c>start</c> shows: <c>provider/model</c>, or <c>demo</c>.</param>
/// <param name="UpstreamModel">The provider's own name for it, for <see cref="Protocol.Upstream.ChatRequest.Model"/>; empty where the provider has one of its own.</param>
internal sealed record ResolvedModel(IUpstream Upstream, string Name, string UpstreamModel)
{
    /// <summary>The name of its provider's <see cref="Protocol.Upstream.UpstreamApi"/>; null for one that is not reached over HTTP.</summary>
    public string? Api { get; init; }

    /// <summary>Whether it goes on from the beginning of an answer that is put before it, instead of answering anew.</summary>
    public bool CanContinue { get; init; }

    /// <summary>Who is asked, in this order, when it fails before its first token.</summary>
    public IReadOnlyList<ResolvedModel> Fallbacks { get; init; } = [];
}

/// <summary>What became of a name.</summary>
/// <param name="Model">The model; null if there is none of that name.</param>
/// <param name="Problem">Then: why, what exists, and what to configure, in words safe to show.</param>
internal readonly record struct ModelResolution(ResolvedModel? Model, string? Problem);
