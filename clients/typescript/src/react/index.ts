export { Chat, type ChatOptions, type ChatSnapshot, type ChatStatus, type SendMessage } from './chat.js';
export { messagesOf, type ChatMessage } from './message.js';
export { useChat, type UseChat, type UseChatOptions } from './use-chat.js';
