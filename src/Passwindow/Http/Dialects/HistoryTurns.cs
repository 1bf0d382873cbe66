using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Passwindow.Protocol;
using Passwindow.Protocol.Dialects;
using Passwindow.Protocol.Upstream;
using Passwindow.Turns;

namespace Passwindow.Http.Dialects;

/// <summary>Turns of the dialects whose clients send the conversation with each request.</summary>
internal static class HistoryTurns
{
    /// <summary>The request's body; 413 beyond <see cref="PasswindowOptions.MaxHistoryBytes"/>.</summary>
    public static Task<byte[]> ReadBodyAsync(Exchange exchange)
    {
        int largest = exchange.Engine.Options.MaxHistoryBytes;
        if (exchange.Context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = largest + 1L; // one more, so that it is us who say what is too large
        return RequestBody.ReadAsync(exchange.Request, largest, exchange.Left);
    }

    /// <summary>Makes a turn of it. The client is asked for every call that is not the server's own, as the provider would ask it.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="given">What it asks for.</param>
    /// <param name="conversation">The conversation it continues; null for one of its own.</param>
    /// <param name="isWhole">Whether its messages are the whole conversation.</param>
    /// <param name="isKept">Whether another turn may follow it, so that the journal keeps its messages.</param>
    /// <param name="isListed">Whether the conversation stands in the list.</param>
    public static TurnRequest Of(Exchange exchange, HistoryRequest given, ConversationId? conversation, bool isWhole, bool isKept, bool isListed)
    {
        var resolution = exchange.Engine.Models.Resolve(given.Model);
        var model = resolution.Model ?? throw Problem.Invalid(resolution.Problem!);
        var tools = exchange.Engine.Tools.For(isDemo: model.Name == Upstream.ModelCatalog.Demo);
        return new TurnRequest(exchange.Caller.Tenant, exchange.Caller.User, conversation, given.LastQuestion, model)
        {
            Input = new TurnInput(given.Messages, isWhole, isKept),
            Options = given.Options,
            IsRelayed = true,
            IsListed = isListed,
            Tools = given.Tools,
            ToolsJson = ToolsJson(given.Tools),
            ServerTools = [.. tools.Where(own => given.Tools.All(tool => tool.Name != own.Name))], // the client's own come first
            Metadata = given.Metadata,
        };
    }

    /// <summary>The tools as the journal keeps them, whatever dialect declared them.</summary>
    private static JsonElement? ToolsJson(IReadOnlyList<ToolDeclaration> tools)
    {
        if (tools.Count == 0)
            return null;
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var tool in tools)
            {
                json.WriteStartObject();
                json.WriteString("name"u8, tool.Name);
                if (tool.Description is { } description)
                    json.WriteString("description"u8, description);
                if (tool.Parameters is { } parameters)
                {
                    json.WritePropertyName("parameters"u8);
                    json.WriteRawValue(parameters);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return JsonElement.Parse(buffer.WrittenSpan);
    }
}
