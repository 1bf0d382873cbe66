// A page with useChat, bundled by build.mjs for each version of the AI SDK.
import { DefaultChatTransport, lastAssistantMessageIsCompleteWithToolCalls } from 'ai';
import * as sdk from 'ai';
import { useChat } from 'ai-react';
import { createElement as h, useState } from 'react';
import { createRoot } from 'react-dom/client';

// What docs/dialects.md shows begins here.
const tools = [{ name: 'place', description: 'Where the person is.', parameters: { type: 'object' } }];

function usePasswindow(id, messages) {
  const chat = useChat({
    id,
    messages,
    resume: true,
    transport: new DefaultChatTransport({ api: '/api/chat', body: { tools } }),
    sendAutomaticallyWhen: options => lastAssistantMessageIsCompleteWithToolCalls(options) || hasAllApprovals(options),
    onToolCall({ toolCall }) {
      if (toolCall.toolName === 'place')
        chat.addToolOutput({ tool: 'place', toolCallId: toolCall.toolCallId, output: { city: 'Bern' } });
    },
  });
  const stop = () => fetch(`/api/chat/${encodeURIComponent(id)}/stream`, { method: 'DELETE' });
  return { ...chat, stop };
}
// And ends here.

// Approvals came with version 6.
const hasAllApprovals = sdk['lastAssistantMessageIsCompleteWithApprovalResponses'] ?? (() => false);

// The page keeps what the person asked, as an app's own store would; the answers it has from the server.
const kept = () => JSON.parse(localStorage.getItem('messages') ?? '[]');

function Part({ part, approve }) {
  if (part.type === 'text')
    return h('p', null, part.text);
  if (part.type === 'reasoning')
    return h('em', null, part.text);
  if (part.type === 'dynamic-tool' || part.type.startsWith('tool-'))
    return h('pre', { className: part.state }, `${part.toolName ?? part.type}: ${part.state} ${JSON.stringify(part.output)}`,
      part.state === 'approval-requested' && h('button', { id: 'approve', onClick: () => approve({ id: part.approval.id, approved: true }) }, 'Approve'));
  return null;
}

function Page() {
  const { messages, sendMessage, status, error, stop, addToolApprovalResponse } = usePasswindow('chat', kept());
  const [text, setText] = useState('');
  const ask = event => {
    event.preventDefault();
    localStorage.setItem('messages', JSON.stringify([...kept(), { id: `u${kept().length}`, role: 'user', parts: [{ type: 'text', text }] }]));
    sendMessage({ text });
    setText('');
  };
  return h('main', null,
    h('output', { id: 'status' }, status),
    h('output', { id: 'error' }, error?.message ?? ''),
    messages.map(message => h('article', { key: message.id, className: message.role },
      message.parts.map((part, i) => h(Part, { key: i, part, approve: addToolApprovalResponse })))),
    h('form', { onSubmit: ask }, h('input', { id: 'message', value: text, onChange: event => setText(event.target.value) })),
    h('button', { id: 'stop', onClick: stop }, 'Stop'));
}

createRoot(document.getElementById('root')).render(h(Page));
