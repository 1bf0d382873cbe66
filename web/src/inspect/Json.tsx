import { useState } from 'react';
import { ChevronIcon } from '../shared/icons';
import { Plain } from './Plain';

/** How many members are shown at once. */
const Shown = 200;
/** How deep it is unfolded at first. */
const Unfolded = 2;

/** JSON that can be folded. */
export function Json({ value, name, depth = 0 }: { value: unknown; name?: string; depth?: number }) {
  const [all, setAll] = useState(false);
  const label = name !== undefined && <><span className="json-name"><Plain text={name} /></span>: </>;
  if (typeof value !== 'object' || value === null)
    return <div className="json-leaf">{label}<span className={`json-${value === null ? 'null' : typeof value}`}><Plain text={JSON.stringify(value)} /></span></div>;

  const members = Object.entries(value);
  const isArray = Array.isArray(value);
  const [begin, end] = isArray ? '[]' : '{}';
  if (members.length === 0)
    return <div className="json-leaf">{label}{begin}{end}</div>;
  return (
    <details className="json" open={depth < Unfolded}>
      <summary><ChevronIcon />{label}{begin}<span className="json-count"> {members.length} {end}</span></summary>
      {members.slice(0, all ? undefined : Shown).map(([key, member]) => <Json key={key} name={key} value={member} depth={depth + 1} />)}
      {members.length > Shown && !all && <button type="button" onClick={() => setAll(true)}>Show all {members.length}</button>}
    </details>
  );
}
