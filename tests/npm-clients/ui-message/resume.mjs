// node resume.mjs ADDRESS VERSION: a second chat of the same id comes in the middle of the answer. The model goes on when it is asked for something else.
import { open, print, textOf, until } from './chat.mjs';

const [address, version] = process.argv.slice(2);
const { chat } = await open(address, version);
const first = chat.sendMessage({ text: 'Go' });
await until(() => textOf(chat.messages[1]).length > 0);
const { chat: back } = await open(address, version, { messages: chat.messages.slice(0, 1) });
const second = back.resumeStream();
await until(() => textOf(back.messages[1]).length > 0);
await fetch(`${address}/chat`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"message":"Go on"}' });
await Promise.all([first, second]);
const { chat: late } = await open(address, version, { messages: chat.messages });
await late.resumeStream();
print(back, { first: textOf(chat.messages[1]), late: late.status });
