using System.Text.Json;
using System.Text.Json.Nodes;
using Passwindow.Protocol.Dialects.Anthropic;
using Passwindow.Protocol.Dialects.OpenAIChat;
using Passwindow.Testing.Fixtures;
using Xunit;

namespace Passwindow.Protocol.Tests.Upstream;

public sealed class SourceTests
{
    [Fact]
    public void Annotations_become_flat_objects()
    {
        var citations = Recorded("chat-completions", "openrouter-web-search-annotations-stream");
        Assert.Equal(5, citations.Count);
        Assert.Equal("https://github.com/pydantic/pydantic-ai", (string?)citations[0]["url"]);
        Assert.Equal("AI Agent Framework, the Pydantic way - GitHub", (string?)citations[0]["title"]);
        Assert.Equal("url_citation", (string?)citations[0]["type"]);
        Assert.Equal(0, (int?)citations[0]["start_index"]);
    }

    [Theory]
    [InlineData("perplexity-sonar-supports-streaming-responses")]
    [InlineData("perplexity-stream-basic-text-1")]
    public void Sources_that_every_chunk_repeats_are_told_once_each_with_their_titles(string name)
    {
        var citations = Recorded("chat-completions", name);
        Assert.NotEmpty(citations);
        Assert.Equal(citations.Count, citations.Select(one => (string?)one["url"]).Distinct().Count());
        Assert.All(citations, one => Assert.False(string.IsNullOrEmpty((string?)one["title"])));
    }

    [Fact]
    public void A_bare_address_that_nothing_describes_is_told_at_the_end()
    {
        var answer = Answer.Read(new OpenAIChatUpstreamReader(), """
            data: {"citations":["https://a","https://b","https://a"],"choices":[{"index":0,"delta":{"content":"x"}}]}

            data: {"search_results":[{"url":"https://b","title":"B","date":null}],"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}


            """);
        Assert.Equal(["""{"url":"https://b","title":"B"}""", """{"url":"https://a"}"""], answer.Citations);
    }

    [Fact]
    public void A_document_citation_keeps_its_text_and_has_the_documents_title()
    {
        var citation = Assert.Single(Recorded("anthropic-messages", "anthropic-citations-with-anthropic-claude-haiku-4-5-streams-citations"));
        Assert.Equal("facts.txt", (string?)citation["title"]);
        Assert.Equal("char_location", (string?)citation["type"]);
        Assert.NotEmpty((string)citation["cited_text"]!);
    }

    [Fact]
    public void Half_a_surrogate_pair_in_a_source_does_not_break_the_journals_JSON()
    {
        var answer = Answer.Read(new AnthropicUpstreamReader(), """
            data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

            data: {"type":"content_block_delta","index":0,"delta":{"type":"citations_delta","citation":{"type":"t","cited_text":"a\ud83d","nested":{"deep\ud83d":["\ud83d",1.50,true,null]},"url":"https://a","title":null}}}

            data: {"type":"message_stop"}


            """);
        string citation = Assert.Single(answer.Citations);
        Assert.Equal("{\"url\":\"https://a\",\"type\":\"t\",\"cited_text\":\"a\uFFFD\",\"nested\":{\"deep\uFFFD\":[\"\uFFFD\",1.50,true,null]}}", citation);
        Assert.Equal("a\uFFFD", JsonDocument.Parse(citation).RootElement.GetProperty("cited_text").GetString());
    }

    private static List<JsonNode> Recorded(string api, string name) =>
        [.. Answer.Read(RecordingTests.Reader(api), new UpstreamRecording(api, name).Body).Citations.Select(one => JsonNode.Parse(one)!)];
}
