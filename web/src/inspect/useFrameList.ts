import { useEffect, useLayoutEffect, useRef } from 'react';

/** How near (pixels) to its end the list is taken to be at its end. */
const Slack = 24;

/** The list of frames in its own scroller: it follows what comes while it is at its end, and goes to what is selected without moving the page. */
export function useFrameList(length: number, selected: number | undefined) {
  const list = useRef<HTMLOListElement>(null);
  const follows = useRef(false);

  useEffect(() => {
    const element = list.current!;
    const onScroll = () => {
      follows.current = element.scrollTop > 0 && element.scrollHeight - element.scrollTop - element.clientHeight < Slack;
    };
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => element.removeEventListener('scroll', onScroll);
  }, []);

  useLayoutEffect(() => {
    if (follows.current)
      list.current!.scrollTop = list.current!.scrollHeight;
  }, [length]);

  useLayoutEffect(() => {
    const element = list.current!;
    const row = selected === undefined ? undefined : (element.children[selected] as HTMLElement | undefined);
    if (row)
      element.scrollTop = row.offsetTop - element.offsetTop - element.clientHeight / 3;
  }, [selected]);
  return list;
}
