import { useEffect, useRef } from 'react';

export interface Keys {
  onNew(): void;
  onSearch(): void;
  onHelp(): void;
  onEscape(): void;
}

/** The page's own keys, as the help lists them. */
export function useKeys(keys: Keys) {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const { key, ctrlKey, metaKey, shiftKey, altKey } = event;
      const command = ctrlKey || metaKey;
      if (event.isComposing || document.querySelector('dialog[open]'))
        return;
      if (command && !shiftKey && key.toLowerCase() === 'k')
        latest.current.onSearch();
      else if (command && shiftKey && key.toLowerCase() === 'o')
        latest.current.onNew();
      else if (command && key === '/')
        latest.current.onHelp();
      else if (altKey && !command && (key === 'ArrowUp' || key === 'ArrowDown'))
        step(key === 'ArrowUp' ? -1 : 1);
      else if (key === 'Escape' && !event.defaultPrevented)
        latest.current.onEscape();
      else
        return;
      event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}

/** Goes to the question before or after the one that has the focus; from elsewhere to the last. */
function step(by: number) {
  const turns = [...document.querySelectorAll<HTMLElement>('.turn')];
  const at = turns.findIndex((turn) => turn.contains(document.activeElement));
  const to = turns[at < 0 ? turns.length - 1 : Math.max(0, Math.min(at + by, turns.length - 1))];
  to?.focus();
  to?.scrollIntoView({ block: 'start' });
}
