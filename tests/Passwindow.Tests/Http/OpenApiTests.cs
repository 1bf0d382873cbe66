using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Passwindow.Http;
using Passwindow.Protocol.Dialects;
using Xunit;

namespace Passwindow.Tests.Http;

public sealed class OpenApiTests
{
    private static readonly JsonElement Document = JsonElement.Parse(OpenApi.Utf8.Span);

    [Fact]
    public async Task It_describes_every_endpoint_that_is_mapped_and_no_other()
    {
        var builder = WebApplication.CreateBuilder();
        string folder = Directory.CreateTempSubdirectory("passwindow-openapi-").FullName;
        builder.Services.AddPasswindow(options => options.Journal = folder);
        await using (var app = builder.Build())
        {
            app.MapPasswindow();
            app.MapPasswindowDialects();
            app.MapPasswindowHealth();
            var mapped = ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
                .SelectMany(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Select(method => $"{method} /{endpoint.RoutePattern.RawText!.Trim('/').Replace("{**", "{", StringComparison.Ordinal)}"));
            Assert.Equal(mapped.Order(), Described().Order());
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Every_reference_leads_somewhere()
    {
        var broken = References(Document).Where(static path => !TryFollow(path)).Distinct();
        Assert.Empty(broken);
    }

    [Fact]
    public void It_names_the_dialects_there_are()
    {
        var named = Document.GetProperty("components").GetProperty("parameters").GetProperty("dialect").GetProperty("schema").GetProperty("enum");
        Assert.Equal(Dialect.All.Select(dialect => dialect.Name), named.EnumerateArray().Select(each => each.GetString()));
    }

    private static IEnumerable<string> Described() =>
        from path in Document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        where operation.Name != "parameters"
        select $"{operation.Name.ToUpperInvariant()} {path.Name}";

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(static field => field.Name == "$ref" ? [field.Value.GetString()!] : References(field.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };

    private static bool TryFollow(string path)
    {
        var at = Document;
        return path.Split('/').Skip(1).All(name => at.TryGetProperty(name, out at));
    }
}
