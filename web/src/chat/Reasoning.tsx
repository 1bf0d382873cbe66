import { useState } from 'react';
import { ChevronIcon } from '../shared/icons';
import { Text } from './Text';

/** The model's thinking, folded: it is rendered only while somebody looks at it. */
export function Reasoning({ text, live }: { text: string; live: boolean }) {
  const [open, setOpen] = useState(false);
  return (
    <details className={live ? 'reasoning running' : 'reasoning'} open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary><ChevronIcon />{live ? 'Thinking…' : 'Thoughts'}</summary>
      {open && <Text text={text} live={live} className="thoughts" />}
    </details>
  );
}
