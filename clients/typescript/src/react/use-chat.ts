import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { PasswindowClient } from '../client.js';
import { Chat, type ChatOptions, type ChatSnapshot } from './chat.js';
import type { ChatMessage } from './message.js';

export interface UseChatOptions extends ChatOptions {
  client: PasswindowClient;
  /** The conversation: read, and its running turn resumed, when the component mounts. Without it a new one begins with the first message. */
  id?: string | undefined;
  /** Messages that are known already, for example from a server render. */
  messages?: readonly ChatMessage[] | undefined;
}

export interface UseChat extends ChatSnapshot {
  sendMessage: Chat['sendMessage'];
  regenerate: Chat['regenerate'];
  /** Stops the turn, for everybody. To leave the component only stops the watching. */
  stop: Chat['stop'];
  resumeStream: Chat['resumeStream'];
  setMessages: Chat['setMessages'];
  addToolResult: Chat['addToolResult'];
  addToolApprovalResponse: Chat['addToolApprovalResponse'];
  clearError: Chat['clearError'];
}

/** A conversation in a component, by the names of `useChat`. */
export function useChat(options: UseChatOptions): UseChat {
  const { client, id } = options;
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });

  const begin = () => new Chat(client, id, options.messages ?? [], () => latest.current);
  const [kept, keep] = useState(() => ({ client, id, chat: begin() }));
  let { chat } = kept;
  // A conversation that was begun here and is now called by its name is the same.
  if (kept.client !== client || (kept.id !== id && chat.snapshot().id !== id))
    chat = begin();
  if (kept.chat !== chat || kept.id !== id)
    keep({ client, id, chat });

  useEffect(() => {
    chat.attach();
    return () => chat.detach();
  }, [chat]);

  const snapshot = useSyncExternalStore(chat.subscribe, chat.snapshot, chat.snapshot);
  const { sendMessage, regenerate, stop, resumeStream, setMessages, addToolResult, addToolApprovalResponse, clearError } = chat;
  return { ...snapshot, sendMessage, regenerate, stop, resumeStream, setMessages, addToolResult, addToolApprovalResponse, clearError };
}
