using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Journal;

/// <summary>What a turn begins with: the first thing the journal keeps of it, before its first event.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Conversation">The conversation it belongs to.</param>
/// <param name="User">Who asked; null when nobody is signed in.</param>
/// <param name="Model">The model that answers, <c>provider/model</c>.</param>
/// <param name="Message">What the person wrote; empty in a turn that continues another.</param>
/// <param name="CreatedAt">When.</param>
internal sealed record TurnOpening(
    TurnId Turn,
    TenantId Tenant,
    ConversationId Conversation,
    string? User,
    string Model,
    string Message,
    DateTimeOffset CreatedAt)
{
    /// <summary>The tools that the client runs, as the request declared them: a JSON array; null for none.</summary>
    public JsonElement? Tools { get; init; }

    /// <summary>What the client wants to find again: a JSON object; null for none.</summary>
    public JsonElement? Metadata { get; init; }

    /// <summary>The turn that ended for its client's tools and goes on in this one; null for a turn that a person's message began.</summary>
    public TurnId? Continues { get; init; }

    /// <summary>The turn of a person's message that the turn that is continued, and those before it, continue; null if that is the continued one itself.</summary>
    public TurnId? Root { get; init; }

    /// <summary>What the client's tools gave, then; null for none.</summary>
    public IReadOnlyList<ClientResult>? ToolResults { get; init; }

    /// <summary>What the request gave to the model, where that was more than the message and is kept; null otherwise.</summary>
    public IReadOnlyList<ChatMessage>? Input { get; init; }

    /// <summary>Whether that, kept or not, was the whole conversation: the turns before are no part of what goes on.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsWhole { get; init; }

    /// <summary>Whether calls of tools that nobody declared are the client's to answer.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsRelayed { get; init; }

    /// <summary>The names of the server's tools that were offered in a turn that is relayed; null for none.</summary>
    public IReadOnlyList<string>? ServerTools { get; init; }

    /// <summary>Whether its conversation is left out of the list, unless another of its turns puts it there.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsUnlisted { get; init; }

    /// <summary>The turn of the same conversation whose place this one takes; null for a turn that follows the one before it.</summary>
    public TurnId? Replaces { get; init; }

    /// <summary>The <c>Idempotency-Key</c> of the request; null for none.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>What was asked with that key: SHA-256 in hexadecimal digits.</summary>
    public string? RequestHash { get; init; }

    /// <summary>The opening as the journal keeps it: one JSON object, without a line break.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ReadableJournalJson.Default.TurnOpening);

    /// <summary>The turn of the person's message that this one answers: itself, or the one that it and those between continue.</summary>
    [JsonIgnore]
    public TurnId Question => Root ?? Continues ?? Turn;

    [JsonIgnore]
    public TurnKey Key => new(Tenant, Turn);

    [JsonIgnore]
    public ConversationKey ConversationKey => new(Tenant, Conversation);
}

/// <summary>Where a turn belongs.</summary>
internal sealed record TurnPlace(TenantId Tenant, ConversationId Conversation);

/// <summary>What somebody called a conversation.</summary>
internal sealed record GivenTitle(TenantId Tenant, ConversationId Conversation, string Title);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(TurnIdConverter), typeof(TenantIdConverter), typeof(ConversationIdConverter)])]
[JsonSerializable(typeof(TurnOpening))]
[JsonSerializable(typeof(TurnPlace))]
[JsonSerializable(typeof(GivenTitle))]
[JsonSerializable(typeof(Files.CatalogLine))]
internal sealed partial class JournalJson : JsonSerializerContext;

/// <summary>The same, escaping no more than JSON asks for: what a person wrote can be found with <c>grep</c>.</summary>
internal static class ReadableJournalJson
{
    public static JournalJson Default { get; } =
        new(new JsonSerializerOptions(JournalJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}

/// <summary>An id stands in JSON as its text; one of another form is damage.</summary>
internal abstract class IdConverter<T>(Func<string?, T?> parse, Func<T, string> spell) : JsonConverter<T>
    where T : struct
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        parse(reader.GetString()) ?? throw new JsonException("This is not an id.");

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(spell(value));
}

internal sealed class TurnIdConverter() : IdConverter<TurnId>(static text => TurnId.TryParse(text, out var id) ? id : null, static id => id.Value);

internal sealed class TenantIdConverter() : IdConverter<TenantId>(static text => TenantId.TryParse(text, out var id) ? id : null, static id => id.Value);

internal sealed class ConversationIdConverter()
    : IdConverter<ConversationId>(static text => ConversationId.TryParse(text, out var id) ? id : null, static id => id.Value);
