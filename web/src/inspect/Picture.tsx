import { useMemo } from 'react';
import { layOut, wholeSpan } from './layout';
import { gaps, toolSpans } from './measures';
import { Plot } from './Plot';
import type { TimedEvent, Timeline, ViewerTimes } from './timeline';
import { usePicture } from './usePicture';
import { valueText } from './Tip';

interface PictureProps {
  timeline: Timeline;
  events: readonly TimedEvent[];
  viewers: readonly ViewerTimes[];
  later: number;
  selected: number | undefined;
  onSelect(seq: number | undefined): void;
}

/** When each event was said, committed and sent. */
export function Picture({ timeline, events, viewers, later, selected, onSelect }: PictureProps) {
  const { now_ms: now, ended, complete } = timeline;
  const tools = useMemo(() => toolSpans(events, now, ended), [events, now, ended]);
  const silences = useMemo(() => gaps(events, tools), [events, tools]);
  const layout = useMemo(() => layOut(viewers, tools, now), [viewers, tools, now]);
  const all = useMemo(() => wholeSpan(events, viewers, now, ended), [events, viewers, now, ended]);
  const picture = usePicture(events, all, selected, onSelect);
  const event = events.find(({ seq }) => seq === (picture.pointed ?? selected));
  const returns = viewers.filter(({ after }) => after > 0).length;

  return (
    <section className="picture" aria-labelledby="picture">
      <div className="bar">
        <h2 id="picture">In time</h2>
        <ul className="legend" aria-label="Colours">
          {(['text', 'thought', 'tool', 'wrong', 'other'] as const).map((kind) => <li key={kind} className={`k-${kind}`}>{legend[kind]}</li>)}
        </ul>
        <div className="zoom" role="group" aria-label="Zoom">
          <button type="button" aria-label="Earlier" onClick={() => picture.pan(-0.3)} disabled={picture.fits}>←</button>
          <button type="button" aria-label="Later" onClick={() => picture.pan(0.3)} disabled={picture.fits}>→</button>
          <button type="button" aria-label="Zoom out" onClick={() => picture.zoom(2)} disabled={picture.fits}>−</button>
          <button type="button" aria-label="Zoom in" onClick={() => picture.zoom(0.5)}>+</button>
          <button type="button" onClick={picture.fit} disabled={picture.fits}>Fit</button>
        </div>
      </div>
      <div
        ref={picture.frame}
        className="plot"
        tabIndex={0}
        role="slider"
        aria-label="Events in time"
        aria-describedby="picture-keys"
        aria-valuemin={events[0]?.seq ?? 0}
        aria-valuemax={events.at(-1)?.seq ?? 0}
        aria-valuenow={event?.seq ?? events[0]?.seq ?? 0}
        aria-valuetext={event ? valueText(event) : 'no event chosen'}
        {...picture.handlers}
      >
        <Plot events={events} layout={layout} tools={tools} silences={silences} span={picture.span} width={picture.width} now={ended ? undefined : now} event={event} />
      </div>
      <p className="unseen" id="picture-keys">Arrow left and right: from event to event. Plus and minus: zoom. Shift with arrows: move. 0: fit.</p>
      <p className="under">
        {[
          `${events.length} events`,
          silences.length > 0 && `${silences.length} ${silences.length === 1 ? 'gap' : 'gaps'}`,
          returns > 0 && `${returns} ${returns === 1 ? 'viewer came' : 'viewers came'} back`,
          later > 0 && `read ${later === 1 ? 'once' : `${later} times`} after its end`,
          !complete && 'there was more than is timed',
        ].filter(Boolean).join(' · ')}
      </p>
    </section>
  );
}

const legend = { text: 'text', thought: 'reasoning', tool: 'tools', wrong: 'error, seam', other: 'the rest' };
