// node again.mjs ADDRESS VERSION: an answer made anew, then the question edited.
import { open, print, textOf } from './chat.mjs';

const [address, version] = process.argv.slice(2);
const { chat } = await open(address, version);
await chat.sendMessage({ text: 'One' });
await chat.sendMessage({ text: 'Two' });
await chat.regenerate();
const regenerated = textOf(chat.messages[3]);
await chat.sendMessage({ text: 'Other', messageId: chat.messages[0].id });
print(chat, { regenerated });
