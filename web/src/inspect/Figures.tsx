import { useMemo } from 'react';
import { Histogram } from './Histogram';
import { betweenTokens, distribution, firstToken, untilCommitted, untilSent } from './measures';
import { words } from './scale';
import type { TimedEvent, ViewerTimes } from './timeline';

interface FiguresProps {
  events: readonly TimedEvent[];
  viewers: readonly ViewerTimes[];
}

/** The first token, and how what follows is spread. */
export function Figures({ events, viewers }: FiguresProps) {
  const first = firstToken(events);
  const sent = first?.sent.flatMap((at) => at ?? []) ?? [];
  const between = useMemo(() => distribution(betweenTokens(events)), [events]);
  const committed = useMemo(() => distribution(untilCommitted(events)), [events]);
  const shown = useMemo(() => distribution(untilSent(events, viewers)), [events, viewers]);
  return (
    <section className="figures" aria-label="Delays">
      <div className="histogram first">
        <h3>First token</h3>
        {first?.said === undefined ? <p className="none">Not yet.</p> : (
          <>
            <p className="big">{words(first.said)}</p>
            <dl>
              <div><dt>committed</dt><dd>{first.committed === undefined ? '–' : `+${words(first.committed - first.said)}`}</dd></div>
              <div><dt>sent</dt><dd>{sent.length === 0 || first.committed === undefined ? '–' : `+${words(Math.max(0, Math.min(...sent) - first.committed))}`}</dd></div>
            </dl>
          </>
        )}
      </div>
      <Histogram title="Between tokens" note="From one token to the next, as the upstream said them" values={between} />
      <Histogram title="Said → committed" note="From the upstream's word to the journal's promise" values={committed} />
      <Histogram title="Committed → sent" note="From the journal to the connections of those who watched" values={shown} />
    </section>
  );
}
