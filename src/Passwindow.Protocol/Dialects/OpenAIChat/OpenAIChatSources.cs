using Passwindow.Protocol.Upstream;
using Passwindow.Protocol.Upstream.Reading;

namespace Passwindow.Protocol.Dialects.OpenAIChat;

/// <summary>
/// The sources of an answer: <c>annotations</c> of type <c>url_citation</c> (OpenAI, OpenRouter), and <c>search_results</c> and
/// <c>citations</c>, which Perplexity repeats in every chunk. Each of those is told once, by its address; bare addresses wait for the
/// end, because the results that describe them may come later.
/// </summary>
internal sealed class OpenAIChatSources(TextBuffer buffer)
{
    private readonly CitationWriter _writer = new(buffer);
    private readonly HashSet<string> _told = [];
    private readonly List<string> _bare = [];

    public void ReadAnnotations(ReadOnlySpan<byte> annotations, ICollection<ChatEvent> said)
    {
        if (!JsonSlice.IsArray(annotations))
            return;
        var items = new JsonItems(annotations);
        while (items.MoveNext())
        {
            if (!JsonSlice.IsObject(items.Value))
                continue;
            ReadOnlySpan<byte> type = default, citation = default;
            var fields = new JsonFields(items.Value);
            while (fields.MoveNext())
                _ = fields.Take("type"u8, ref type) || fields.Take("url_citation"u8, ref citation);
            if (JsonSlice.Is(type, "url_citation"u8))
                _writer.Tell(JsonSlice.IsObject(citation) ? citation : items.Value, type, said);
        }
    }

    public void ReadSearchResults(ReadOnlySpan<byte> results, ICollection<ChatEvent> said)
    {
        if (!JsonSlice.IsArray(results))
            return;
        var items = new JsonItems(results);
        while (items.MoveNext())
        {
            if (JsonSlice.IsObject(items.Value) && Url(items.Value) is { } url && IsNew(url))
                _writer.Tell(items.Value, type: default, said);
        }
    }

    public void ReadCitations(ReadOnlySpan<byte> citations, ICollection<ChatEvent> said)
    {
        if (!JsonSlice.IsArray(citations))
            return;
        var items = new JsonItems(citations);
        while (items.MoveNext())
        {
            if (JsonSlice.IsObject(items.Value) && Url(items.Value) is { } url && IsNew(url))
                _writer.Tell(items.Value, type: default, said);
            else if (JsonSlice.Text(items.Value) is { } bare && _bare.Count < CitationWriter.MaxCitations && !_bare.Contains(bare))
                _bare.Add(bare);
        }
    }

    /// <summary>The answer has ended: tells the addresses that nothing described.</summary>
    public void End(ICollection<ChatEvent> said)
    {
        foreach (string url in _bare)
        {
            if (IsNew(url))
                _writer.Tell(url, said);
        }
    }

    private bool IsNew(string url) => _told.Count < CitationWriter.MaxCitations && _told.Add(url);

    private static string? Url(ReadOnlySpan<byte> source)
    {
        ReadOnlySpan<byte> url = default;
        var fields = new JsonFields(source);
        while (fields.MoveNext())
            fields.Take("url"u8, ref url);
        return JsonSlice.Text(url);
    }
}
