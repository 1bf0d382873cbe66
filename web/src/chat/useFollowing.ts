import { useCallback, useEffect, useRef, useState, type RefObject } from 'react';

/** How near to the end (pixels) a reader counts as being there. */
const Near = 60;

/** Keeps a scroller at its end while its content grows, until a person scrolls up, and again once they are back. */
export function useFollowing(scroller: RefObject<HTMLElement | null>, content: RefObject<HTMLElement | null>) {
  const [following, setFollowing] = useState(true);
  const now = useRef(true);

  const set = useCallback((value: boolean) => {
    now.current = value;
    setFollowing(value);
  }, []);
  const follow = useCallback(() => {
    set(true);
    const element = scroller.current!;
    element.scrollTop = element.scrollHeight;
  }, [scroller, set]);

  useEffect(() => {
    const element = scroller.current!;
    let lastTop = element.scrollTop;
    const onScroll = () => {
      const { scrollTop, scrollHeight, clientHeight } = element;
      // Only a move upwards is the reader's: growing text leaves the position where it is.
      if (scrollHeight - scrollTop - clientHeight < Near)
        set(true);
      else if (scrollTop < lastTop)
        set(false);
      lastTop = scrollTop;
    };
    const onWheel = (event: WheelEvent) => {
      if (event.deltaY < 0 && element.scrollHeight > element.clientHeight)
        set(false);
    };
    // Told after the layout and before the paint: no frame shows the end cut off.
    const observer = new ResizeObserver(() => {
      if (now.current)
        element.scrollTop = element.scrollHeight;
    });
    observer.observe(element);
    observer.observe(content.current!);
    element.addEventListener('scroll', onScroll, { passive: true });
    element.addEventListener('wheel', onWheel, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', onScroll);
      element.removeEventListener('wheel', onWheel);
    };
  }, [scroller, content, set]);

  return { following, follow };
}
