namespace Passwindow.Tools.Mcp;

/// <summary>Bounds what an MCP server answers over HTTP (<see cref="BoundedStream"/>).</summary>
internal sealed class BoundedResponses(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        var end = response.Content.Headers.ContentType?.MediaType == "text/event-stream" ? MessageEnd.BlankLine : MessageEnd.Document;
        var content = new StreamContent(new BoundedStream(await response.Content.ReadAsStreamAsync(cancellationToken), end));
        foreach (var (name, values) in response.Content.Headers.NonValidated)
            content.Headers.TryAddWithoutValidation(name, values);
        response.Content = content;
        return response;
    }
}
