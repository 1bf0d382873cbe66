// Leaves a run in the middle; then has another run stopped, by the name of its turn.
import { agentOf, ask, base, end, tell, warnings } from './agent.mjs';

const onceText = act => ({ onTextMessageContentEvent: act });
const leaving = agentOf('leaving');
ask(leaving, 'm1', 'Go on');
await leaving.runAgent({ runId: 'r1' }, onceText(() => leaving.abortRun()));
const left = { turn: leaving.heard[0].metadata.turn_id, end: end(leaving), messages: leaving.messages };

const stopping = agentOf('stopping');
let stopped;
ask(stopping, 'm1', 'Go on');
await stopping.runAgent({ runId: 'r1' }, onceText(() => {
  stopped ??= fetch(`${base}/chat/turns/${stopping.heard[0].metadata.turn_id}/stop`, { method: 'POST' }).then(response => response.json());
}));
tell({ left, stopped: { receipt: await stopped, end: end(stopping), messages: stopping.messages }, warnings });
