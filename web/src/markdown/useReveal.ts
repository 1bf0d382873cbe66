import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { reveal } from './reveal';

/** A frame may spend one part in so many on showing more text; the rest is the page's. */
const Share = 3;

const still = matchMedia('(prefers-reduced-motion: reduce)');

/**
 * As much of a text as is to be shown now: it flows at the rate at which it arrives.
 * @param live whether it is being written; one that is not is shown at once
 */
export function useReveal(text: string, live: boolean): string {
  const [shown, setShown] = useState(live ? 0 : text.length);
  const at = useRef({ time: 0, begun: 0, cost: 0 });

  useEffect(() => {
    if (shown >= text.length)
      return;
    // A page in the background gets no frames, and nobody sees the flow; whoever asked for less motion gets none.
    if (document.hidden || still.matches) {
      setShown(text.length);
      return;
    }
    let frame = requestAnimationFrame(function step(now) {
      const { time, cost } = at.current;
      if (now - time < cost * Share) {
        frame = requestAnimationFrame(step);
        return;
      }
      at.current = { time: now, begun: performance.now(), cost };
      setShown((before) => reveal(before, text, time === 0 || before === 0 ? 16 : Math.min(now - time, 250)));
    });
    return () => cancelAnimationFrame(frame);
  }, [shown, text]);

  // What the last step cost, from the state to the elements.
  useLayoutEffect(() => {
    if (at.current.begun > 0)
      at.current.cost = Math.min(performance.now() - at.current.begun, 200);
  }, [shown]);

  return shown >= text.length ? text : text.slice(0, shown);
}
