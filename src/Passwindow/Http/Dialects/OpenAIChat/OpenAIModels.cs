using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Passwindow.Http.Dialects.OpenAIChat;

/// <summary>The models that are known, in OpenAI's form. Others may work too: a provider is the judge of that.</summary>
internal static class OpenAIModels
{
    public static Task ListAsync(Exchange exchange) => ConversationEndpoints.SendAsync(exchange, json =>
    {
        json.WriteStartObject();
        json.WriteString("object"u8, "list"u8);
        json.WriteStartArray("data"u8);
        foreach (string name in exchange.Engine.Models.Names)
            Write(json, name);
        json.WriteEndArray();
        json.WriteEndObject();
        return Task.CompletedTask;
    });

    public static Task GetAsync(Exchange exchange)
    {
        string asked = Uri.UnescapeDataString((string?)exchange.Request.RouteValues["model"] ?? "");
        string name = exchange.Engine.Models.Names.FirstOrDefault(known => known.Equals(asked, StringComparison.OrdinalIgnoreCase)) ?? throw NotFound($"There is no model '{asked}'.");
        return ConversationEndpoints.SendAsync(exchange, json =>
        {
            Write(json, name);
            return Task.CompletedTask;
        });
    }

    /// <exception cref="Problem">404: no provider has such a model.</exception>
    public static void Require(Exchange exchange, string? model)
    {
        if (exchange.Engine.Models.Resolve(model).Problem is { } problem)
            throw NotFound(problem);
    }

    private static Problem NotFound(string detail) =>
        new(StatusCodes.Status404NotFound, "model_not_found", detail) { Members = new Dictionary<string, string> { [OpenAIProblems.Param] = "model" } };

    private static void Write(Utf8JsonWriter json, string name)
    {
        int slash = name.IndexOf('/', StringComparison.Ordinal);
        json.WriteStartObject();
        json.WriteString("id"u8, name);
        json.WriteString("object"u8, "model"u8);
        json.WriteNumber("created"u8, 0); // nobody here knows
        json.WriteString("owned_by"u8, slash < 0 ? name : name[..slash]);
        json.WriteEndObject();
    }
}
