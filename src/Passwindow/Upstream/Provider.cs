namespace Passwindow.Upstream;

/// <summary>A named provider.</summary>
/// <param name="Name">What stands before the slash in <c>provider/model</c>.</param>
/// <param name="Upstream">Who answers.</param>
internal sealed record Provider(string Name, IUpstream Upstream)
{
    /// <summary>Its models, the first of them its default. Other names are passed on as they are.</summary>
    public Func<IReadOnlyList<string>> Models { get; init; } = static () => [];

    /// <summary>The name of its <see cref="Protocol.Upstream.UpstreamApi"/>; null for one that is not reached over HTTP.</summary>
    public string? Api { get; init; }

    /// <summary>Whether it can be asked without a model's name, because it has one of its own.</summary>
    public bool NeedsNoModel { get; init; }

    /// <summary>Whether its models go on from the beginning of an answer that is put before them.</summary>
    public bool CanContinue { get; init; }

    /// <summary>Called when it was asked for its default and has none: a reason to look again.</summary>
    public Action LookForModels { get; init; } = static () => { };

    /// <summary>Its default model; null if it has none.</summary>
    public string? DefaultModel => Models() is [var first, ..] ? first : NeedsNoModel ? "" : null;

    /// <summary>The name that is shown for one of its models.</summary>
    public string Show(string model) => model.Length == 0 ? Name : $"{Name}/{model}";
}
