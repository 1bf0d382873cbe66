import { useEffect, useState } from 'react';
import { CopyButton } from '../shared/CopyButton';
import { SunIcon } from '../shared/icons';
import { useStore } from '../shared/store';
import { switchTheme } from '../shared/theme';
import { wordsForEnd } from '../shared/words';
import { Figures } from './Figures';
import { Frames } from './Frames';
import type { Inspection } from './inspection';
import { Picture } from './Picture';
import { Times } from './Times';

/** The inspector: one turn, when what happened to it, and what is on the wire. */
export function App({ inspection }: { inspection: Inspection }) {
  const { timeline, times, events, viewers, later, dialects, shown } = useStore(inspection);
  const native = useStore(inspection.native);
  const [selected, setSelected] = useState<number>();
  const done = native.frames.at(-1)?.type === 'done' ? native.frames.at(-1)!.json as { finish_reason?: string } : undefined;
  const conversation = timeline?.conversation_id ?? (native.frames[0]?.json as { conversation_id?: string } | undefined)?.conversation_id;
  const gone = native.status === 'refused';
  const running = !gone && native.status === 'reading' && !done;

  useEffect(() => inspection.start(), [inspection]);
  useEffect(() => {
    document.title = `${inspection.turn} · Passwindow`;
  }, [inspection]);

  return (
    <div className="inspector">
      <header>
        <a className="back" href={conversation ? `/#${conversation}` : '/'}>← {conversation ? 'Conversation' : 'Chat'}</a>
        <h1><code>{inspection.turn}</code></h1>
        <CopyButton text={inspection.turn} label="Copy the turn's id" />
        <span className={running ? 'state running' : 'state'} role="status">
          {running && <i className="dot running" />}
          {gone ? 'unknown' : running ? 'running' : `ended: ${done?.finish_reason ?? 'nothing tells how'}`}
        </span>
        <span className="space" />
        <button type="button" className="icon" aria-label="Light or dark" title="Light or dark" onClick={switchTheme}><SunIcon /></button>
      </header>
      <main>
        {gone && <p className="problem" role="alert">{native.problem}</p>}
        {running && <p className="note">Looking counts as watching: while this page is in view, the turn has a viewer and is not given up as abandoned.</p>}
        {done?.finish_reason !== undefined && wordsForEnd(done.finish_reason) !== '' && <p className="note">{wordsForEnd(done.finish_reason)}</p>}
        {times === 'none' && !gone && <p className="note">Times are kept in memory for the newest turns only; this is none of them. Its events are here all the same.</p>}
        {timeline && (
          <>
            <Picture timeline={timeline} events={events} viewers={viewers} later={later} selected={selected} onSelect={setSelected} />
            <Figures events={events} viewers={viewers} />
            <Times events={events} viewers={viewers} />
          </>
        )}
        {!gone && <Frames key={shown.dialect} reading={shown} events={events} dialects={dialects} onChoose={(dialect) => inspection.choose(dialect)} selected={selected} />}
      </main>
    </div>
  );
}
