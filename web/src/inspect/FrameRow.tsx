import { memo, useState } from 'react';
import { CopyButton } from '../shared/CopyButton';
import { ChevronIcon } from '../shared/icons';
import type { Frame } from './frames';
import { Json } from './Json';
import { Plain } from './Plain';
import type { Kind } from './timeline';
import { words } from './scale';

interface FrameRowProps {
  frame: Frame;
  kind: Kind;
  /** When its event was said, if that is known. */
  said: number | undefined;
  /** Whether it is what the picture points at. */
  selected: boolean;
}

/** How much of a frame (characters) its line shows. */
const Brief = 240;

/** One frame: a line, which opens to its bytes and its JSON. */
export const FrameRow = memo(function FrameRow({ frame, kind, said, selected }: FrameRowProps) {
  const [open, setOpen] = useState(false);
  return (
    <li className={selected ? 'frame selected' : 'frame'}>
      <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <ChevronIcon />
          <span className="frame-number">{frame.seq ?? '·'}</span>
          <span className={`frame-type k-${kind}`}><Plain text={frame.type} /></span>
          <code><Plain text={brief(frame)} /></code>
          {said !== undefined && <span className="frame-time">{words(said)}</span>}
        </summary>
        {open && (
          <div className="frame-whole">
            <div className="frame-raw">
              <pre tabIndex={0} aria-label="The frame as it was sent"><Plain text={frame.raw} /></pre>
              <CopyButton text={frame.raw + '\n\n'} label="Copy frame" />
            </div>
            {frame.json !== undefined && <div className="frame-json"><Json value={frame.json} /></div>}
          </div>
        )}
      </details>
    </li>
  );
});

/** Its data on one line; of a frame without data, all of it. */
function brief({ raw }: Frame): string {
  const data = raw.split('\n').filter((line) => line.startsWith('data:')).map((line) => line.slice(5).replace(/^ /, ''));
  return (data.length > 0 ? data.join(' ↵ ') : raw.replaceAll('\n', ' ↵ ')).slice(0, Brief);
}
