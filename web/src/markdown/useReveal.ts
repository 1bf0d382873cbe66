import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { reveal } from './reveal';

/** A frame may spend one part in so many on showing more text; the rest is the page's. */
const Share = 3;

const still = matchMedia('(prefers-reduced-motion: reduce)');

/**
 * As much of a text as is to be shown now: it flows at the rate at which it arrives. What is held back bridges the time until more comes; once
 * no more comes, all of it is there, so that an answer which says that it has ended is one that can be read to its end.
 * @param live whether more of it may come
 */
export function useReveal(text: string, live: boolean): string {
  const [shown, setShown] = useState(live ? 0 : text.length);
  const at = useRef({ time: 0, begun: 0, cost: 0 });

  useEffect(() => {
    if (shown >= text.length)
      return;
    // A page in the background gets no frames, and nobody sees the flow; whoever asked for less motion gets none.
    if (!live || document.hidden || still.matches) {
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
  }, [shown, text, live]);

  // What the last step cost, from the state to the elements.
  useLayoutEffect(() => {
    if (at.current.begun > 0)
      at.current.cost = Math.min(performance.now() - at.current.begun, 200);
  }, [shown]);

  return live && shown < text.length ? text.slice(0, shown) : text;
}
