using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Tools;

/// <summary>The tools that are offered to the demo and to no other model, so that the first run shows a call, a result and an action.</summary>
internal static class DemoTools
{
    public const string Clock = "kitchen_clock";
    public const string Weather = "kitchen_weather";
    public const string Theme = "set_theme";

    private const string ThemeSchema = """
        {"type":"object","properties":{"theme":{"type":"string","enum":["dark","light"]}},"required":["theme"],"additionalProperties":false}
        """;

    public static IReadOnlyList<ServerTool> Create(TimeProvider time) =>
    [
        Of(AIFunctionFactory.Create(() => Tell(time), Clock, "What the clock above the pass says, in UTC.")),
        Of(AIFunctionFactory.Create(Report, Weather, "The weather at the pass of some city.")),
        new ServerTool(new ToolDeclaration(Theme, "Makes the page dark or light.", ThemeSchema), Run: null),
    ];

    private static string Tell(TimeProvider time) => time.GetUtcNow().ToString("HH:mm", CultureInfo.InvariantCulture);

    private static JsonElement Report([Description("The city.")] string city) =>
        JsonSerializer.SerializeToElement(new { city, sky = "steam", celsius = 31 });

    private static ServerTool Of(AIFunction tool) => new(new ToolDeclaration(tool.Name, tool.Description, tool.JsonSchema.GetRawText()), tool.InvokeAsync);
}
