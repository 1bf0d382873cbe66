import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { pan, reveal, zoom, type Span } from './scale';
import type { TimedEvent } from './timeline';

/** How near (pixels) one has to point to an event. */
const Near = 24;
/** How far (pixels) the pointer moves before it is dragging. */
const Slack = 4;

/** What of the time is looked at, and which event is pointed at: by pointer, wheel and keys. */
export function usePicture(events: readonly TimedEvent[], all: Span, selected: number | undefined, onSelect: (seq: number | undefined) => void) {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(800);
  const [chosen, setChosen] = useState<Span>(); // without one, everything is in view, also what is still to come
  const [pointed, setPointed] = useState<number>();
  const drag = useRef<{ x: number; span: Span; moved: boolean }>(undefined);
  const span = chosen ?? all;
  const set = (next: Span) => setChosen(next.to - next.from >= all.to - all.from ? undefined : next);
  const msAt = (clientX: number) => span.from + ((clientX - frame.current!.getBoundingClientRect().left) / width) * (span.to - span.from);

  useLayoutEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.max(200, Math.floor(entry!.contentRect.width))));
    observer.observe(frame.current!);
    return () => observer.disconnect();
  }, []);

  // React listens to wheels passively, and this one must not scroll the page.
  const onWheel = useRef((_: WheelEvent) => {});
  onWheel.current = (event) => {
    if (event.ctrlKey || event.metaKey)
      set(zoom(span, msAt(event.clientX), Math.exp(event.deltaY * 0.005), all));
    else if (Math.abs(event.deltaX) > Math.abs(event.deltaY))
      set(pan(span, (event.deltaX / width) * (span.to - span.from), all));
    else
      return;
    event.preventDefault();
  };
  useEffect(() => {
    const element = frame.current!;
    const listen = (event: WheelEvent) => onWheel.current(event);
    element.addEventListener('wheel', listen, { passive: false });
    return () => element.removeEventListener('wheel', listen);
  }, []);

  const nearest = (clientX: number): number | undefined => {
    const ms = msAt(clientX);
    const reach = (Near / width) * (span.to - span.from);
    let best: TimedEvent | undefined;
    for (const event of events)
      if (event.said !== undefined && Math.abs(event.said - ms) <= Math.min(reach, best ? Math.abs(best.said! - ms) : Infinity))
        best = event;
    return best?.seq;
  };

  const step = (by: number) => {
    const index = events.findIndex(({ seq }) => seq === selected);
    const next = events[index < 0 ? 0 : Math.min(events.length - 1, Math.max(0, index + by))];
    onSelect(next?.seq);
    if (next?.said !== undefined)
      set(reveal(span, next.said, all));
  };

  const middle = () => events.find(({ seq }) => seq === selected)?.said ?? (span.from + span.to) / 2;
  const moveBy = (share: number) => set(pan(span, share * (span.to - span.from), all));
  const zoomBy = (factor: number) => set(zoom(span, middle(), factor, all));
  const fit = () => setChosen(undefined);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey)
      return;
    const keys: Record<string, () => void> = {
      ArrowLeft: () => (event.shiftKey ? moveBy(-0.2) : step(-1)),
      ArrowRight: () => (event.shiftKey ? moveBy(0.2) : step(1)),
      PageUp: () => step(-10),
      PageDown: () => step(10),
      Home: () => step(-Infinity),
      End: () => step(Infinity),
      '+': () => zoomBy(0.5),
      '=': () => zoomBy(0.5),
      '-': () => zoomBy(2),
      '0': fit,
      Escape: () => onSelect(undefined),
    };
    const act = keys[event.key];
    if (act) {
      event.preventDefault();
      act();
    }
  };

  const handlers = {
    onKeyDown,
    onPointerDown: ({ button, clientX }: PointerEvent) => {
      if (button === 0)
        drag.current = { x: clientX, span, moved: false };
    },
    onPointerMove: ({ clientX, pointerId, currentTarget }: PointerEvent) => {
      const from = drag.current;
      if (from && (from.moved || Math.abs(clientX - from.x) > Slack)) {
        if (!from.moved)
          currentTarget.setPointerCapture(pointerId);
        from.moved = true;
        set(pan(from.span, ((from.x - clientX) / width) * (from.span.to - from.span.from), all));
        setPointed(undefined);
      } else {
        setPointed(nearest(clientX));
      }
    },
    onPointerUp: ({ clientX }: PointerEvent) => {
      if (drag.current && !drag.current.moved)
        onSelect(nearest(clientX));
      drag.current = undefined;
    },
    onPointerCancel: () => {
      drag.current = undefined;
    },
    onPointerLeave: () => setPointed(undefined),
  };

  return { frame, width, span, pointed, fits: chosen === undefined, fit, pan: moveBy, zoom: zoomBy, handlers };
}
