import { useEffect, useRef, useState } from 'react';
import { wordsForEnd } from '../shared/words';
import type { ConversationState } from './conversation';

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
    return onceShown(() => setWords(`${spoken()} ${last.answer.error?.message ?? wordsForEnd(last.answer.finish_reason ?? 'stop')}`.trim()));
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

/** Once the last answer is there to be read: a short one may have ended before the part of the page that shows Markdown has come. */
function onceShown(run: () => void): () => void {
  const observer = new MutationObserver(look);
  observer.observe(document.body, { childList: true, subtree: true });
  look();
  return () => observer.disconnect();

  function look() {
    if (document.querySelector('.turn.last .answer .waiting'))
      return;
    observer.disconnect();
    run();
  }
}

function spoken() {
  const texts = document.querySelectorAll<HTMLElement>('.turn.last .answer > .text');
  const text = Array.from(texts, (each) => each.innerText).join('\n').trim();
  return text.length > MaxSaid ? `${text.slice(0, MaxSaid)}… The answer goes on.` : text;
}
