// node ask.mjs ADDRESS VERSION MODEL [HEADER]: one question, one answer.
import { open, print } from './chat.mjs';

const [address, version, model, sdkVersion] = process.argv.slice(2);
const { chat, ends } = await open(address, version, { body: { model }, headers: sdkVersion ? { 'Passwindow-AI-SDK': sdkVersion } : {} });
await chat.sendMessage({ text: 'Hello' });
print(chat, { finishReason: ends.at(-1)?.finishReason });
