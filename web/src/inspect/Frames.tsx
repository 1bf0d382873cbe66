import { useMemo, useState } from 'react';
import { CopyButton } from '../shared/CopyButton';
import { ChevronIcon, SearchIcon } from '../shared/icons';
import { useStore } from '../shared/store';
import { FrameRow } from './FrameRow';
import type { Frame } from './frames';
import { Plain } from './Plain';
import type { Reading } from './reading';
import type { TimedEvent } from './timeline';
import { useFrameList } from './useFrameList';

/** How many frames are on the page at first: the last ones. */
const Shown = 400;
/** How many stand before the one that the picture points at. */
const Around = 50;

interface FramesProps {
  reading: Reading;
  events: readonly TimedEvent[];
  dialects: readonly string[];
  onChoose(dialect: string): void;
  /** The event that the picture points at. */
  selected: number | undefined;
}

/** What is on the wire, in the dialect of one's choice. */
export function Frames({ reading, events, dialects, onChoose, selected }: FramesProps) {
  const { frames, head, status, problem } = useStore(reading);
  const [type, setType] = useState<string>();
  const [search, setSearch] = useState('');
  const [shown, setShown] = useState(Shown);
  const bySeq = useMemo(() => new Map(events.map((event) => [event.seq, event])), [events]);
  const types = useMemo(() => countTypes(frames), [frames]);
  const chosen = type !== undefined && types.has(type) ? type : undefined;
  const needle = search.toLowerCase();
  const found = frames.filter((frame) => (chosen === undefined || frame.type === chosen) && (needle === '' || frame.raw.toLowerCase().includes(needle)));
  const at = selected === undefined ? -1 : found.findIndex(({ seq }) => seq === selected);
  const hidden = Math.max(0, Math.min(found.length - shown, at < 0 ? Infinity : at - Around));
  const list = useFrameList(found.length - hidden, at < 0 ? undefined : at - hidden);

  return (
    <section className="wire" aria-labelledby="wire">
      <h2 id="wire">On the wire</h2>
      <fieldset className="chips">
        <legend className="unseen">Dialect</legend>
        {dialects.map((name) => (
          <label key={name} className="chip">
            <input type="radio" name="dialect" checked={name === reading.dialect} onChange={() => onChoose(name)} />
            {name}
          </label>
        ))}
      </fieldset>
      {status === 'refused' && <p className="problem">{problem}</p>}
      <div className="bar">
        <label className="search">
          <SearchIcon />
          <input type="search" placeholder="Search the frames" aria-label="Search the frames" value={search} onChange={(event) => setSearch(event.target.value)} />
        </label>
        <select aria-label="Type" value={chosen ?? ''} onChange={(event) => setType(event.target.value || undefined)}>
          <option value="">All types</option>
          {[...types].map(([name, count]) => <option key={name} value={name}>{name} ({count})</option>)}
        </select>
        <span className="count" role={status === 'reading' ? undefined : 'status'}>{found.length === frames.length ? `${frames.length} frames` : `${found.length} of ${frames.length} frames`}</span>
        <CopyButton text={() => found.map(({ raw }) => `${raw}\n\n`).join('')} label="Copy these frames" />
      </div>
      {head !== '' && (
        <details className="head">
          <summary><ChevronIcon />Response head</summary>
          <pre tabIndex={0} aria-label="Status and headers"><Plain text={head} /></pre>
        </details>
      )}
      {hidden > 0 && <button type="button" className="earlier" onClick={() => setShown(Infinity)}>Show the {hidden} before</button>}
      <ol ref={list} className="frames" aria-label={`Frames in the dialect ${reading.dialect}`}>
        {found.slice(hidden).map((frame) => {
          const event = frame.seq === undefined ? undefined : bySeq.get(frame.seq);
          return <FrameRow key={frame.number} frame={frame} kind={event?.kind ?? 'other'} said={event?.said} selected={frame.seq !== undefined && frame.seq === selected} />;
        })}
      </ol>
      {found.length === 0 && status !== 'refused' && <p className="none">{frames.length > 0 ? 'No such frame.' : status === 'reading' ? 'Nothing yet.' : 'Nothing is spelled in this dialect.'}</p>}
    </section>
  );
}

function countTypes(frames: readonly Frame[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { type } of frames)
    counts.set(type, (counts.get(type) ?? 0) + 1);
  return counts;
}
