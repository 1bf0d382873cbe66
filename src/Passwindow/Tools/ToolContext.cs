using Passwindow.Protocol;

namespace Passwindow;

/// <summary>
/// For whom a tool runs. It comes from the request that started the turn, never from what the model wrote: a tool that reads somebody's
/// data takes the tenant and the user from here. A method given to <c>AddPasswindowTool</c> has it as a parameter; any other
/// <c>AIFunction</c> finds it in its arguments: <c>arguments.Context[typeof(ToolContext)]</c>.
/// </summary>
/// <param name="Caller">Who asked.</param>
/// <param name="Conversation">In which conversation.</param>
/// <param name="Turn">In which turn.</param>
/// <param name="CallId">The id of this call.</param>
public sealed record ToolContext(Caller Caller, ConversationId Conversation, TurnId Turn, string CallId);
