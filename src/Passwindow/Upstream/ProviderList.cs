namespace Passwindow.Upstream;

/// <summary>The providers in their order. One may join later: an Ollama that was found on this machine.</summary>
internal sealed class ProviderList
{
    private volatile Provider[] _all = [];

    /// <summary>All, the default one first.</summary>
    public IReadOnlyList<Provider> All => _all;

    /// <summary>Adds one at the end.</summary>
    public void Add(Provider provider)
    {
        Provider[] before;
        Provider[] after;
        do
        {
            before = _all;
            after = [.. before, provider];
        }
#pragma warning disable CS0420 // Interlocked is as good as volatile
        while (Interlocked.CompareExchange(ref _all, after, before) != before);
#pragma warning restore CS0420
    }

    /// <summary>Finds one by its name, without regard to case; null if there is none.</summary>
    public Provider? Find(string name)
    {
        foreach (var provider in _all)
        {
            if (provider.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                return provider;
        }

        return null;
    }
}
