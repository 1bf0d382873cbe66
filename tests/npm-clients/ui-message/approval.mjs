// node approval.mjs ADDRESS VERSION yes|no: a call waits for a person, who answers when the response has ended.
import { open, print } from './chat.mjs';

const [address, version, answer] = process.argv.slice(2);
const { sdk, chat } = await open(address, version, { sendAutomaticallyWhen: options => sdk.lastAssistantMessageIsCompleteWithApprovalResponses(options) });
await chat.sendMessage({ text: 'Pay' });
const asked = chat.messages[1].parts.find(part => part.type === 'dynamic-tool');
const before = { status: chat.status, state: asked.state };
const goneOn = new Promise(resolve => {
  const send = chat.transport.sendMessages.bind(chat.transport);
  chat.transport.sendMessages = (...given) => { resolve(); return send(...given); };
});
await chat.addToolApprovalResponse({ id: asked.approval.id, approved: answer === 'yes', reason: 'because' });
await goneOn;
while (chat.status === 'submitted' || chat.status === 'streaming')
  await new Promise(resolve => setTimeout(resolve, 5));
print(chat, { before });
