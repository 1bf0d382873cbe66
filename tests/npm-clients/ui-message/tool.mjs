// node tool.mjs ADDRESS VERSION: the page's own tool is called, and what it gives is sent by itself.
import { open, print } from './chat.mjs';

const [address, version] = process.argv.slice(2);
const { sdk, chat } = await open(address, version, {
  body: { tools: [{ name: 'place', description: 'Where the person is.', parameters: { type: 'object' } }] },
  sendAutomaticallyWhen: options => sdk.lastAssistantMessageIsCompleteWithToolCalls(options),
  onToolCall({ toolCall }) {
    if (toolCall.dynamic)
      return;
    const add = chat.addToolOutput ?? chat.addToolResult; // the second is the first's name in early releases
    add({ tool: toolCall.toolName, toolCallId: toolCall.toolCallId, output: { city: 'Bern' } });
  },
});
await chat.sendMessage({ text: 'Where am I?' });
print(chat);
