import { useEffect, useLayoutEffect, useRef, useState } from 'react';

type Typesetter = (typeof import('./typeset'))['typeset'];

let typesetter: Typesetter | undefined;

/** A formula as MathML. What it cannot read is shown as it was written; while it is being written, what it could read last stays. */
export function Mathematics({ formula, display = false, open }: { formula: string; display?: boolean; open: boolean }) {
  const host = useRef<HTMLSpanElement>(null);
  const [typeset, setTypeset] = useState(() => typesetter);

  useEffect(() => {
    if (!typeset)
      import('./typeset').then((module) => setTypeset(() => (typesetter = module.typeset)), () => {});
  }, [typeset]);

  // Before the paint, so that no frame shows it empty.
  useLayoutEffect(() => {
    const element = host.current!;
    if (typeset?.(formula, element, display) || (open && element.childElementCount > 0))
      return;
    element.replaceChildren(formula);
  }, [typeset, formula, display, open]);

  return <span ref={host} className={display ? 'math display' : 'math'} />;
}
