// A tool of the client: the run ends with what is pending, the result goes into the next.
import { agentOf, ask, end, tell, types, warnings } from './agent.mjs';

const agent = agentOf('tools');
const tools = [{ name: 'weather', description: 'The weather.', parameters: { type: 'object', properties: { city: { type: 'string' } } } }];
let pending;
ask(agent, 'm1', 'Weather?');
await agent.runAgent({ runId: 'r1', tools }, { onRunFinishedEvent: params => void (pending = params.pendingToolCallIds) });
const asked = { end: end(agent), types: types(agent) };
const calls = agent.messages.flatMap(message => message.toolCalls ?? []);
for (const call of calls) agent.addMessage({ id: `result of ${call.id}`, role: 'tool', toolCallId: call.id, content: JSON.stringify({ sun: true }) });
agent.heard.length = 0;
await agent.runAgent({ runId: 'r2', tools });
tell({ asked, pending, calls, messages: agent.messages, types: types(agent), end: end(agent), warnings });
