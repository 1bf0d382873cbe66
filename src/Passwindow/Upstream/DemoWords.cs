using Passwindow.Protocol.Upstream;

namespace Passwindow.Upstream;

/// <summary>The demo's lines.</summary>
internal static class DemoWords
{
    private static readonly string[] Dishes = ["soup", "salad", "bread", "risotto", "sole", "sorbet", "duck", "cheese", "tart", "coffee"];

    public const string Reasoning = "A new order. Read the ticket, warm the plates, and let nothing leave before it was checked.";

    public static string Answer(string echo) => $$"""
        ## Order up

        Your ticket says: `{{(echo.Length == 0 ? "(blank)" : echo)}}`

        I am **the demo**, a cook without a model, so I cannot answer it. But every word you see took the same way as a real one:

        1. it was **written down** before it was shown,
        2. it was numbered, so you can *reload this page now* and miss nothing,
        3. it ends with a word of its own, so you know the plate is whole.

        ```bash
        export OPENAI_API_KEY=…   # a real cook
        passwindow serve
        ```

        Say `long`, `slow`, `fail`, `weather`, `clock` or `dark` to see more of the kitchen. What a [pass window](https://en.wikipedia.org/wiki/Kitchen) is? The place where every plate is looked at before it leaves.

        """;

    public static string Course(int number) => $"""

        ### Course {number}: {Dishes[(number - 1) % Dishes.Length]}

        The {Dishes[(number - 1) % Dishes.Length]} waits at the window. Somebody looks at the rim, the sauce and the number on the ticket; then it goes out, **in order**, and never twice.

        """;

    public static string BeforeTool(ToolCallPart call) => $"One moment, I send somebody to **{call.Name}**.\n";

    public static string BeforeAction(ToolCallPart call) => $"One moment, I see to **{call.Name}**.\n";

    public static string AfterAction(ToolResultPart result) => result.IsError
        ? $"**{result.Name}** could not be done. The rest of the order stands.\n"
        : $"Done: **{result.Name}**. No plate needed for that.\n";

    public static string AfterTool(ToolResultPart result, string echo) => result.IsError
        ? $"**{result.Name}** came back with empty hands: `{echo}`. The rest of the order stands.\n"
        : $"**{result.Name}** came back with this on the plate:\n\n> `{echo}`\n\nChecked, and *out it goes*.\n";
}
