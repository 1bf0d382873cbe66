import { useEffect, useRef, useState } from 'react';
import { wordsForEnd } from '../shared/words';
import type { ConversationState } from './conversation';

/** How long (milliseconds) after its end an answer is read from the page: until then the last of it flows in. */
const Settled = 600;

/** The longest answer that is read out by itself, in UTF-16 units; a longer one is begun. */
const MaxSaid = 4000;

/** What is said to those who listen to the page: that an answer is being written, and once, when it is complete, what it is. Never its tokens. */
export function useAnnouncement({ live, isLost, exchanges, problem }: ConversationState): string {
  const [words, setWords] = useState('');
  const before = useRef<string | undefined>(undefined);
  const last = exchanges.at(-1);

  useEffect(() => {
    const was = before.current;
    before.current = live;
    if (live !== undefined) {
      setWords('Answering…');
      return;
    }
    if (was === undefined || last?.key !== was)
      return;
    const timer = setTimeout(() => setWords(`${spoken()} ${last.answer.error?.message ?? wordsForEnd(last.answer.finish_reason ?? 'stop')}`.trim()), Settled);
    return () => clearTimeout(timer);
  }, [live, last?.key]);

  const asks = live === undefined ? undefined : last?.answer.parts.find((part) => part.type === 'tool' && part.status === 'waiting');
  const asked = asks?.type === 'tool' ? asks.name : undefined;
  useEffect(() => {
    if (asked !== undefined)
      setWords(`${asked} waits for your yes.`);
  }, [asked]);
  useEffect(() => {
    if (isLost)
      setWords('The connection was lost. Reconnecting…');
  }, [isLost]);
  useEffect(() => {
    if (problem)
      setWords(problem.error.message);
  }, [problem]);
  return words;
}

function spoken() {
  const texts = document.querySelectorAll<HTMLElement>('.turn.last .answer > .text');
  const text = Array.from(texts, (each) => each.innerText).join('\n').trim();
  return text.length > MaxSaid ? `${text.slice(0, MaxSaid)}… The answer goes on.` : text;
}
