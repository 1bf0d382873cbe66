using Passwindow.Protocol.Dialects.AgUi;
using Passwindow.Protocol.Dialects.Anthropic;
using Passwindow.Protocol.Dialects.Data;
using Passwindow.Protocol.Dialects.DurableStreams;
using Passwindow.Protocol.Dialects.Keyed;
using Passwindow.Protocol.Dialects.Native;
using Passwindow.Protocol.Dialects.OpenAIChat;
using Passwindow.Protocol.Dialects.OpenAIResponses;
using Passwindow.Protocol.Dialects.Text;
using Passwindow.Protocol.Dialects.UIMessages;

namespace Passwindow.Protocol.Dialects;

/// <summary>A way to write events on the wire. A viewer chooses one; the journal knows none.</summary>
/// <param name="Name">The word for it in <c>?dialect=</c>.</param>
/// <param name="CreateWriter">Makes the writer for one viewer of a turn.</param>
public sealed record Dialect(string Name, Func<FrameContext, IFrameWriter> CreateWriter)
{
    /// <summary>The full vocabulary, resumable by id: <c>event</c>, <c>data</c>, <c>id</c>.</summary>
    public static Dialect Native { get; } = new("native", static _ => NativeFrameWriter.Shared);

    /// <summary>Data-only JSON told apart by its key.</summary>
    public static Dialect Keyed { get; } = new("keyed", static _ => KeyedFrameWriter.Shared);

    /// <summary>Lone <c>data:</c> lines of JSON told apart by <c>type</c>.</summary>
    public static Dialect Data { get; } = new("data", static _ => DataFrameWriter.Shared);

    /// <summary>The raw text.</summary>
    public static Dialect Text { get; } = new("text", static _ => TextFrameWriter.Shared);

    /// <summary>OpenAI's Chat Completions, with usage at the end.</summary>
    public static Dialect OpenAI { get; } = new("openai", static context => new OpenAIChatFrameWriter(context, includeUsage: true)) { KeepsState = true, Joining = Joining.FromStart };

    /// <summary>Anthropic's Messages.</summary>
    public static Dialect Anthropic { get; } = new("anthropic", static context => new AnthropicFrameWriter(context)) { KeepsState = true, Joining = Joining.FromStart };

    /// <summary>OpenAI's Responses API.</summary>
    public static Dialect OpenAIResponses { get; } = new("openai-responses", static context => new OpenAIResponsesFrameWriter(context)) { KeepsState = true };

    /// <summary>The UI message stream of the Vercel AI SDK.</summary>
    public static Dialect UIMessage { get; } = new("ui-message", static context => new UIMessageFrameWriter(context, UIMessageOptions.Default))
    {
        KeepsState = true,
        Joining = Joining.FromStart,
        EndsWhenPeopleAreAsked = true,
        Headers = [new("x-vercel-ai-ui-message-stream", "v1")],
    };

    /// <summary>AG-UI 1.0: a turn is a run.</summary>
    public static Dialect AgUi { get; } = new("ag-ui", static context => new AgUiFrameWriter(context, AgUiOptions.Default))
    {
        KeepsState = true,
        Joining = Joining.WithOpening,
        EndsWhenPeopleAreAsked = true,
    };

    /// <summary>The live form of the Durable Streams protocol. Its cursors, which are for caches, mean nothing on our endpoints, and are all the same.</summary>
    public static Dialect DurableStreams { get; } = new("durable-streams", static _ => DurableStreamsFrameWriter.Shared);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Dialect> All { get; } =
    [
        Native,
        Keyed,
        Data,
        Text,
        OpenAI,
        Anthropic,
        OpenAIResponses,
        UIMessage,
        AgUi,
        DurableStreams,
    ];

    /// <summary>Whether its writer must be given every event from the first. Otherwise one instance serves every viewer.</summary>
    public bool KeepsState { get; init; }

    /// <summary>How a viewer begins elsewhere than at the first event.</summary>
    public Joining Joining { get; init; }

    /// <summary>Whether its clients take a person's answer only when the response has ended, and bring it with their next request.</summary>
    public bool EndsWhenPeopleAreAsked { get; init; }

    /// <summary>Headers of its responses beside those of every event stream.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Finds a dialect by its word; null if there is none.</summary>
    public static Dialect? Find(string name) => All.FirstOrDefault(dialect => dialect.Name == name);
}
