// node stop.mjs ADDRESS VERSION: a stop in the middle of the answer.
import { open, print, textOf, until } from './chat.mjs';

const [address, version] = process.argv.slice(2);
const { chat, stop } = await open(address, version);
const answer = chat.sendMessage({ text: 'Go' });
await until(() => textOf(chat.messages[1]).length > 0);
const receipt = await (await stop()).json();
await answer;
print(chat, { receipt });
