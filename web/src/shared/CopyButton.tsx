import { useEffect, useState } from 'react';
import { CheckIcon, CopyIcon } from './icons';

/** How long (milliseconds) it says that it has copied. */
const Shown = 2000;

/** Copies a text, and says so. */
export function CopyButton({ text, label }: { text: string | (() => string); label: string }) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    const timer = done ? setTimeout(() => setDone(false), Shown) : undefined;
    return () => clearTimeout(timer);
  }, [done]);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(typeof text === 'string' ? text : text());
      setDone(true);
    } catch {
      // Refused, or a page without TLS: then a person selects it by hand.
    }
  };
  return (
    <button type="button" className="icon" aria-label={done ? 'Copied' : label} title={done ? 'Copied' : label} onClick={copy}>
      {done ? <CheckIcon /> : <CopyIcon />}
    </button>
  );
}
