// A tool that needs a person's yes: the run is interrupted, the next one resumes it.
import { agentOf, ask, client, end, tell, types, warnings } from './agent.mjs';

const agent = agentOf('interrupt');
ask(agent, 'm1', 'Pay');
await agent.runAgent({ runId: 'r1' });
const interrupts = agent.pendingInterrupts;
agent.heard.length = 0;
const resume = client.buildResumeArray(interrupts, Object.fromEntries(interrupts.map(({ id }) => [id, { status: 'resolved', payload: { approved: true } }])));
await agent.runAgent({ runId: 'r2', resume });
tell({ interrupts, types: types(agent), end: end(agent), messages: agent.messages, pending: agent.pendingInterrupts, warnings });
