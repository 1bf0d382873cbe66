import { useState } from 'react';
import { ChevronIcon } from '../shared/icons';
import { Plain } from './Plain';
import { words } from './scale';
import type { TimedEvent, ViewerTimes } from './timeline';

/** The picture of time as a table, for those who would rather read it. */
export function Times({ events, viewers }: { events: readonly TimedEvent[]; viewers: readonly ViewerTimes[] }) {
  const [open, setOpen] = useState(false);
  return (
    <details className="times" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary><ChevronIcon />Times as a table</summary>
      {open && (
        <div className="table" tabIndex={0} role="region" aria-label="Times as a table">
          <table>
            <thead>
              <tr>
                <th scope="col">seq</th>
                <th scope="col">type</th>
                <th scope="col">said</th>
                <th scope="col">committed</th>
                {viewers.map(({ dialect, after }, index) => <th key={index} scope="col">sent to {index + 1} ({dialect}{after > 0 && `, after ${after}`})</th>)}
              </tr>
            </thead>
            <tbody>
              {events.map(({ seq, type, said, committed, sent }) => (
                <tr key={seq}>
                  <th scope="row">{seq}</th>
                  <td><Plain text={type} /></td>
                  <td>{at(said)}</td>
                  <td>{at(committed)}</td>
                  {sent.map((time, index) => <td key={index}>{at(time)}</td>)}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}

const at = (ms: number | undefined) => (ms === undefined ? '–' : words(ms));
