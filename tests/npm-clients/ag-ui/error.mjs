// A run that fails on the way, and one that is refused before it begins.
import { agentOf, ask, end, tell, warnings } from './agent.mjs';

console.error = () => {}; // the client prints what it throws
const failing = agentOf('failing');
ask(failing, 'm1', 'Fail');
await failing.runAgent({ runId: 'r1' });

const refused = agentOf('refused');
ask(refused, 'm1', '   ');
const refusal = await refused.runAgent({ runId: 'r1' }).catch(error => ({ status: error.status, payload: error.payload }));
tell({ end: end(failing), messages: failing.messages, refusal, warnings });
