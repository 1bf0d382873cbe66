import { Plain } from './Plain';
import { words } from './scale';
import type { TimedEvent } from './timeline';

/** How much of its text (characters) it shows. */
const Brief = 60;

/** An event and its times. */
export function Tip({ event }: { event: TimedEvent }) {
  const { seq, type, kind, said, committed, sent } = event;
  const text = event.json?.[type] ?? event.json?.delta ?? event.json?.name;
  return (
    <div className="tip">
      <p><b>{seq}</b> <span className={`k-${kind}`}><Plain text={type} /></span></p>
      {typeof text === 'string' && <p className="tip-text"><Plain text={text.length > Brief ? `${text.slice(0, Brief)}…` : text} /></p>}
      <dl>
        <div><dt>said</dt><dd>{said === undefined ? '–' : words(said)}</dd></div>
        <div><dt>committed</dt><dd>{since(said, committed)}</dd></div>
        {sent.slice(0, 3).map((at, index) => at !== undefined && <div key={index}><dt>sent to {index + 1}</dt><dd>{since(committed, at)}</dd></div>)}
      </dl>
    </div>
  );
}

/** The same in words, for those who listen. */
export function valueText({ seq, type, said, committed, sent }: TimedEvent): string {
  const first = sent.find((at) => at !== undefined);
  return [`event ${seq}`, type, said !== undefined && `said at ${words(said)}`, committed !== undefined && `committed at ${words(committed)}`, first !== undefined && `sent at ${words(first)}`].filter(Boolean).join(', ');
}

const since = (before: number | undefined, at: number | undefined) => (at === undefined ? '–' : before === undefined ? words(at) : `+${words(Math.max(0, at - before))}`);
