// Two runs of one thread: the messages that the client has at the end, and what it heard.
import { agentOf, ask, end, tell, types, warnings } from './agent.mjs';

const agent = agentOf('a thread: of any name');
ask(agent, 'm1', 'First?');
await agent.runAgent({ runId: 'r1' });
const first = { types: types(agent), end: end(agent) };
agent.heard.length = 0;
ask(agent, 'm2', 'Second?');
const { newMessages } = await agent.runAgent({ runId: 'r2' });
tell({ first, second: { types: types(agent), end: end(agent) }, messages: agent.messages, newMessages, warnings });
