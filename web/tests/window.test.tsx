// @vitest-environment jsdom
import { act, useRef } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, expect, test, vi } from 'vitest';
import { useWindow } from '../src/chat/useWindow';

/** Tells what a test has it tell. */
class FakeObserver {
  static latest: FakeObserver;

  constructor(readonly tell: (entries: { isIntersecting: boolean }[]) => void) {
    FakeObserver.latest = this;
  }

  observe() {}
  disconnect() {}
}

function Page({ length }: { length: number }) {
  const scroller = useRef<HTMLElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const { from, sentinel } = useWindow(length, scroller, content);
  return <main ref={scroller}><div ref={content}>{from > 0 && <p ref={sentinel}>{from}</p>}</div></main>;
}

afterEach(() => vi.unstubAllGlobals());

test.each([
  ['that it comes near', [true], 84],
  ['that it was far and comes near, at once', [false, true], 84],
  ['that it came near and is far again, at once', [true, false], 88],
])('older ones are added when the observer tells %s', async (_, told, from) => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  vi.stubGlobal('IntersectionObserver', FakeObserver);
  const root = createRoot(document.body.appendChild(document.createElement('div')));
  await act(async () => root.render(<Page length={100} />));
  expect(document.querySelector('p')!.textContent).toBe('88');

  await act(async () => FakeObserver.latest.tell(told.map((isIntersecting) => ({ isIntersecting }))));

  expect(document.querySelector('p')!.textContent).toBe(`${from}`);
  await act(async () => root.unmount());
});
