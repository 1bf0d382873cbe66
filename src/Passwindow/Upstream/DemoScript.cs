using System.Text;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Upstream;

/// <summary>What the demo says to a question: decided before it speaks, from the question alone.</summary>
/// <param name="Reasoning">Its visible thinking.</param>
/// <param name="Text">Its answer, Markdown.</param>
internal sealed record DemoScript(string Reasoning, string Text)
{
    /// <summary>About how many tokens the long answer has.</summary>
    public const int LongTokens = 2_000;

    private const int MaxEcho = 80;

    /// <summary>The tool it asks for; null if none.</summary>
    public ToolCallPart? Call { get; private init; }

    /// <summary>Whether it speaks one token a second.</summary>
    public bool IsSlow { get; private init; }

    /// <summary>Whether it breaks off.</summary>
    public bool Fails { get; private init; }

    /// <summary>The words of the question and of what stood before it.</summary>
    public int InputTokens { get; private init; }

    /// <summary>Decides what to say.</summary>
    public static DemoScript Write(ChatRequest request)
    {
        var question = Said(request.Messages.LastOrDefault(static message => message.Role == ChatRole.User));
        var script = Choose(request, question);
        return script with
        {
            IsSlow = Mentions(question, "slow"),
            Fails = Mentions(question, "fail"),
            InputTokens = request.Messages.Sum(static message => Tokens(Said(message)).Count()),
        };
    }

    /// <summary>Cuts a text as a model would: words with the space before them. Joined, they are the text.</summary>
    public static IEnumerable<string> Tokens(string text)
    {
        for (int from = 0, to; from < text.Length; from = to)
        {
            to = from + 1;
            while (to < text.Length && text[to] is not (' ' or '\n'))
                to++;
            yield return text[from..to];
        }
    }

    private static DemoScript Choose(ChatRequest request, string question)
    {
        var results = request.Messages is [.., { Role: ChatRole.Tool } last] ? last.Parts.OfType<ToolResultPart>().ToList() : [];
        if (results is [.., { Name: DemoToolCall.Theme } action])
            return new("That took no time.", DemoWords.AfterAction(action));
        if (results.Count > 0)
            return new("The runner is back with the plate.", DemoWords.AfterTool(results[^1], Echo(results[^1].Result)));

        if (DemoToolCall.Choose(request.Tools, question) is { } call)
            return new($"This order needs {call.Name}.", call.Name == DemoToolCall.Theme ? DemoWords.BeforeAction(call) : DemoWords.BeforeTool(call)) { Call = call };

        var echo = Echo(question);
        return new(DemoWords.Reasoning, Mentions(question, "long") ? Long(echo) : DemoWords.Answer(echo));
    }

    private static string Long(string echo)
    {
        var text = new StringBuilder(DemoWords.Answer(echo));
        var tokens = Tokens(text.ToString()).Count();
        for (var course = 1; tokens < LongTokens; course++)
        {
            var next = DemoWords.Course(course);
            tokens += Tokens(next).Count();
            text.Append(next);
        }

        return text.ToString();
    }

    /// <summary>A bit of what was said, harmless within Markdown, never cut inside a character.</summary>
    private static string Echo(string said)
    {
        var line = string.Join(' ', said.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Replace('`', '\'');
        if (line.Length <= MaxEcho)
            return line;

        return line[..(char.IsHighSurrogate(line[MaxEcho - 1]) ? MaxEcho - 1 : MaxEcho)] + "…";
    }

    private static bool Mentions(string question, string word) => question.Contains(word, StringComparison.OrdinalIgnoreCase);

    private static string Said(ChatMessage? message) => string.Join(' ', message?.Parts.OfType<TextPart>().Select(static part => part.Text) ?? []);
}
