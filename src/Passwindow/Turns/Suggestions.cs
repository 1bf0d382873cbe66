using System.Buffers;
using System.Text;
using Microsoft.Extensions.Logging;
using Passwindow.Protocol.Upstream;
using Passwindow.Upstream;

namespace Passwindow.Turns;

/// <summary>
/// Asks a model, once and after the answer, what the person might ask next. It costs at most <see cref="Patience"/>, and whatever goes wrong
/// with it is nobody's trouble but the log's.
/// </summary>
internal sealed partial class Suggestions(ResolvedModel model, TimeProvider time, ILogger<Suggestions> log)
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private const int MaxOutputTokens = 256;
    private const int MaxReplyBytes = 4096;
    private const int MaxExcerpt = 4000;

    private const string Instruction = """
        You are given the last question and answer of a conversation. Write three short questions that the person might ask next, in the
        person's words and language. Answer with a JSON array of three strings and nothing else.
        """;

    /// <summary>At most three questions; none if the model gave none in time, or if <paramref name="cancellation"/> is cancelled. Never throws.</summary>
    public async Task<IReadOnlyList<string>> AskAsync(IReadOnlyList<ChatMessage> conversation, string answer, CancellationToken cancellation)
    {
        if (answer.Length == 0)
            return [];
        var asked = conversation.LastOrDefault(static message => message.Role == ChatRole.User);
        string question = string.Concat(asked?.Parts.OfType<TextPart>().Select(static part => part.Text) ?? []);
        var request = new ChatRequest(
            model.UpstreamModel,
            [ChatMessage.Of(ChatRole.System, Instruction), ChatMessage.Of(ChatRole.User, $"Question:\n{Excerpt(question)}\n\nAnswer:\n{Excerpt(answer)}")],
            [])
        {
            Options = new SamplingOptions { MaxOutputTokens = MaxOutputTokens },
        };
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            return SuggestedQuestions.Read(await ReadAsync(request, either.Token));
        }
        catch (Exception failure)
        {
            LogNone(failure, model.Name);
            return [];
        }
    }

    private async Task<string> ReadAsync(ChatRequest request, CancellationToken cancellation)
    {
        var reply = new Reply();
        await model.Upstream.AskAsync(request, reply, cancellation);
        cancellation.ThrowIfCancellationRequested();
        return reply.Text;
    }

    private static string Excerpt(string text) => text.Length <= MaxExcerpt ? text : text[..MaxExcerpt] + "…";

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Model} suggested no questions.")]
    private partial void LogNone(Exception failure, string model);

    /// <summary>What the model says, up to a size at which it cannot be what was asked for.</summary>
    private sealed class Reply : IChatListener
    {
        private readonly ArrayBufferWriter<byte> _text = new();

        public string Text => Encoding.UTF8.GetString(_text.WrittenSpan);

        public ValueTask<bool> HearAsync(ChatEvent said)
        {
            if (said is TextDelta text)
                _text.Write(text.Text.Span);
            return new(_text.WrittenCount <= MaxReplyBytes);
        }
    }
}
