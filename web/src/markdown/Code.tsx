import { useEffect, useRef, useState, type ReactNode } from 'react';
import { CopyButton } from '../shared/CopyButton';

type Highlighter = (typeof import('./highlight'))['highlight'];

/** Longer code (UTF-16 units) is shown without colours. */
const MaxHighlighted = 60_000;

/** How long (milliseconds) code that is being written goes between two colourings. */
const Pace = 150;

/** Colouring takes one part in so many of the time. */
const Share = 8;

/** A block of code with its language and a button that copies it. */
export function Code({ text, language, open }: { text: string; language?: string | undefined; open: boolean }) {
  const code = text.replace(/\n$/, '');
  const colours = useHighlight(code, language, open);
  return (
    <figure className="code">
      <figcaption>
        <span>{language ?? 'text'}</span>
        <CopyButton text={code} label="Copy code" />
      </figcaption>
      <pre tabIndex={0} aria-label={language ? `Code, ${language}` : 'Code'}>
        <code>
          {colours.nodes}
          {code.slice(colours.length)}
        </code>
      </pre>
    </figure>
  );
}

/** The colours of the lines that are complete; what is behind them follows without, so that no character waits for its colour. */
function useHighlight(code: string, language: string | undefined, open: boolean): { nodes: ReactNode; length: number } {
  const [done, setDone] = useState<{ code: string; nodes: ReactNode }>({ code: '', nodes: null });
  const wanted = open ? code.slice(0, code.lastIndexOf('\n') + 1) : code;
  const latest = useRef(wanted);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const cost = useRef(0);

  useEffect(() => {
    latest.current = wanted;
    if (!language || wanted === done.code || wanted.length > MaxHighlighted || timer.current !== undefined)
      return;
    timer.current = setTimeout(() => {
      load().then((highlight) => {
        const begun = performance.now();
        const nodes = highlight(latest.current, language);
        cost.current = performance.now() - begun;
        setDone({ code: latest.current, nodes });
      }, () => {}).finally(() => (timer.current = undefined));
    }, open && done.code !== '' ? Math.max(Pace, cost.current * Share) : 0);
  });
  useEffect(() => () => clearTimeout(timer.current), []);

  return done.nodes !== null && code.startsWith(done.code) ? { nodes: done.nodes, length: done.code.length } : { nodes: null, length: 0 };
}

let loading: Promise<Highlighter> | undefined;
const load = () => (loading ??= import('./highlight').then((module) => module.highlight));
