namespace Passwindow.Protocol;

/// <summary>The full name of a conversation. Two tenants may use the same conversation id and never meet.</summary>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Conversation">Which one of theirs.</param>
public readonly record struct ConversationKey(TenantId Tenant, ConversationId Conversation);

/// <summary>The full name of a turn.</summary>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Turn">Which one of theirs.</param>
public readonly record struct TurnKey(TenantId Tenant, TurnId Turn);
