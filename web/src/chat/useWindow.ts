import { startTransition, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';

/** How many exchanges are there at first, and how many are added at a time. */
const First = 12;
const More = 4;

/** How far (pixels) above the view older ones are made ready. */
const Ahead = 2500;

/** Which part of a long conversation is on the page: the end, and above it as much as somebody has scrolled to. */
export function useWindow(length: number, scroller: RefObject<HTMLElement | null>, content: RefObject<HTMLElement | null>) {
  const [from, setFrom] = useState(() => Math.max(0, length - First));
  const sentinel = useRef<HTMLDivElement>(null);
  const before = useRef<{ element: Element; top: number } | null>(null);
  const start = Math.min(from, Math.max(0, length - 1));

  useEffect(() => {
    const mark = sentinel.current;
    if (!mark)
      return;
    const observer = new IntersectionObserver((entries) => {
      // On a busy page several come at once, the latest last: it is the only one that nothing follows.
      if (!entries.at(-1)?.isIntersecting)
        return;
      startTransition(() => setFrom((at) => Math.max(0, at - More)));
    }, { root: scroller.current, rootMargin: `${Ahead}px 0px 0px` });
    observer.observe(mark);
    return () => observer.disconnect();
  }, [start, scroller]);

  // What is in view stays where it is when something is put above it; at the very top the browser itself does not see to that.
  useLayoutEffect(() => {
    const held = before.current;
    if (held?.element.isConnected)
      scroller.current!.scrollTop += held.element.getBoundingClientRect().top - held.top;
    return () => {
      const element = content.current?.querySelector('.turn');
      before.current = element ? { element, top: element.getBoundingClientRect().top } : null;
    };
  }, [start, scroller, content]);

  return { from: start, sentinel };
}
