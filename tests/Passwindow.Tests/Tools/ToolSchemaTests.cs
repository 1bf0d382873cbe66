using System.Text.Json;
using Passwindow.Tools;
using Xunit;

namespace Passwindow.Tests.Tools;

public class ToolSchemaTests
{
    [Theory]
    [InlineData("""{"type":"object","required":["a"]}""", """{"a":null}""", """{}""")]
    [InlineData("""{"properties":{"a":{"type":"string"}}}""", """{"a":"x","b":1}""", """{"a":1}""")]
    [InlineData("""{"properties":{"a":{"type":["string","null"]}}}""", """{"a":null}""", """{"a":false}""")]
    [InlineData("""{"properties":{"a":{"type":"integer"}}}""", """{"a":1.0}""", """{"a":1.5}""")]
    [InlineData("""{"properties":{"a":{"type":"number"}}}""", """{"a":1e400}""", """{"a":"1"}""")]
    [InlineData("""{"properties":{"a":{"enum":["x",1]}}}""", """{"a":1}""", """{"a":"1"}""")]
    [InlineData("""{"properties":{"a":{"const":{"b":[1]}}}}""", """{"a":{"b":[1]}}""", """{"a":{"b":[2]}}""")]
    [InlineData("""{"properties":{"a":{"items":{"type":"boolean"},"maxItems":2}}}""", """{"a":[true,false]}""", """{"a":[true,"no"]}""")]
    [InlineData("""{"properties":{"a":{"items":{"type":"boolean"},"maxItems":2}}}""", """{"a":[]}""", """{"a":[true,true,true]}""")]
    [InlineData("""{"properties":{"a":{}},"additionalProperties":false}""", """{"a":1}""", """{"b":1}""")]
    [InlineData("""{"additionalProperties":{"type":"string"}}""", """{"b":"x"}""", """{"b":1}""")]
    [InlineData("""{"properties":{"a":{"minimum":0,"exclusiveMaximum":10}}}""", """{"a":0}""", """{"a":10}""")]
    [InlineData("""{"properties":{"a":{"minLength":2,"maxLength":2}}}""", """{"a":"😀😀"}""", """{"a":"😀"}""")]
    [InlineData("""{"properties":{"a":{"anyOf":[{"type":"string"},{"type":"null"}]}}}""", """{"a":null}""", """{"a":1}""")]
    [InlineData("""{"properties":{"a":{"oneOf":[{"type":"integer"},{"type":"number"}]}}}""", """{"a":1.5}""", """{"a":1}""")]
    [InlineData("""{"allOf":[{"required":["a"]},{"required":["b"]}]}""", """{"a":1,"b":2}""", """{"a":1}""")]
    [InlineData("""{"properties":{"a":{"$ref":"#/$defs/x~1y"}},"$defs":{"x/y":{"type":"string"}}}""", """{"a":"x"}""", """{"a":1}""")]
    [InlineData("""{"properties":{"a":{"$ref":"#"}},"required":["b"]}""", """{"b":1,"a":{"b":1}}""", """{"b":1,"a":{}}""")]
    public void What_fits_passes_and_what_does_not_is_named(string schema, string fits, string fails)
    {
        var checker = ToolSchema.Read(schema, isClosed: false);

        Assert.Null(checker.Check(JsonElement.Parse(fits)));
        Assert.NotNull(checker.Check(JsonElement.Parse(fails)));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("""{"$ref":"#"}""")]
    [InlineData("""{"$ref":"#/nowhere/at/all"}""")]
    [InlineData("""{"type":7,"properties":[],"required":"a","enum":{},"minimum":"x","items":3}""")]
    public void A_schema_that_says_nothing_sensible_lets_everything_pass_and_ends(string schema) =>
        Assert.Null(ToolSchema.Read(schema, isClosed: false).Check(JsonElement.Parse("""{"a":[1]}""")));

    [Fact]
    public void A_text_with_half_a_surrogate_pair_is_wrong_and_nothing_is_thrown() =>
        Assert.NotNull(ToolSchema.Read("""{"properties":{"a":{"maxLength":9}}}""", isClosed: false).Check(JsonElement.Parse("""{"a":"\ud800"}""")));

    [Fact]
    public void A_closed_schema_takes_nothing_that_it_does_not_declare()
    {
        Assert.NotNull(ToolSchema.Read(null, isClosed: true).Check(JsonElement.Parse("""{"a":1}""")));
        Assert.Null(ToolSchema.Read("""{"properties":{"a":{}}}""", isClosed: true).Check(JsonElement.Parse("""{"a":1}""")));
    }
}
