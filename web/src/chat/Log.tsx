import { memo, startTransition, useEffect, useRef, useState } from 'react';
import { DownIcon } from '../shared/icons';
import { Answer } from './Answer';
import type { ConversationStore } from './conversation';
import type { Exchange } from './exchange';
import { Question } from './Question';
import { useFollowing } from './useFollowing';
import { useWindow } from './useWindow';

interface LogProps {
  conversation: ConversationStore;
  exchanges: readonly Exchange[];
  busy: boolean;
  model: string | undefined;
  onAsk(message: string, replaces?: string): void;
}

/** The conversation: its latest exchanges, with older ones added as somebody scrolls up. It stays at the end while it grows, unless one scrolls away. */
export function Log({ conversation, exchanges, busy, model, onAsk }: LogProps) {
  const scroller = useRef<HTMLElement>(null);
  const column = useRef<HTMLDivElement>(null);
  const { following, follow } = useFollowing(scroller, column);
  const { from, sentinel } = useWindow(exchanges.length, scroller, column);
  const last = exchanges.at(-1);

  useEffect(() => {
    if (last?.phase !== 'over')
      follow();
  }, [last?.key, last?.phase, follow]);

  const [on] = useState(() => ({
    approve: (turn: string, call: string, approved: boolean) => void conversation.approve(turn, call, approved),
    reload: () => void conversation.load(),
  }));
  const latest = useRef({ onAsk, model });
  latest.current = { onAsk, model };
  const [again] = useState(() => (turn: string) => conversation.regenerate(turn, latest.current.model));
  const [edit] = useState(() => (turn: string, text: string) => latest.current.onAsk(text, turn));

  return (
    <>
      <main ref={scroller} className="scroll" tabIndex={-1} aria-label="Conversation">
        <div ref={column} className="log column">
          {from > 0 && <div ref={sentinel} className="older">Loading older messages…</div>}
          {exchanges.slice(from).map((exchange) => (
            <Turn key={exchange.key} exchange={exchange} isLast={exchange === last} busy={busy} on={on} onAgain={again} onEdit={edit} />
          ))}
          {last?.phase === 'over' && !busy && <Suggestions questions={last.answer.suggested_questions} onAsk={onAsk} />}
        </div>
      </main>
      <button type="button" className="latest" hidden={following} onClick={() => startTransition(follow)}><DownIcon /> Latest</button>
    </>
  );
}

interface TurnProps {
  exchange: Exchange;
  isLast: boolean;
  busy: boolean;
  on: { approve(turn: string, call: string, approved: boolean): void; reload(): void };
  onAgain(turn: string): void;
  onEdit(turn: string, text: string): void;
}

const Turn = memo(function Turn({ exchange, isLast, busy, on, onAgain, onEdit }: TurnProps) {
  const { turn, question, answer, phase, failure } = exchange;
  const settled = turn !== undefined && question !== undefined && phase === 'over' && !busy;
  const [edit] = useState(() => (text: string) => onEdit(latest.current!, text));
  const latest = useRef(turn);
  latest.current = turn;
  return (
    <section className={isLast ? 'turn last' : 'turn'} tabIndex={-1} aria-label={question === undefined ? 'Answer, continued' : 'Question and answer'}>
      {question !== undefined && <Question text={question} onEdit={settled ? edit : undefined} />}
      <Answer
        turn={turn}
        state={answer}
        live={phase !== 'over'}
        failure={failure}
        onApprove={on.approve}
        onAgain={settled ? onAgain : undefined}
        onReload={on.reload}
      />
    </section>
  );
});

/** How many suggested questions are shown. */
const MaxSuggestions = 6;

function Suggestions({ questions, onAsk }: { questions: readonly string[]; onAsk(question: string): void }) {
  const shown = questions.filter((question) => typeof question === 'string' && question.trim() !== '').slice(0, MaxSuggestions);
  return shown.length === 0 ? null : (
    <div className="suggestions" role="group" aria-label="Suggested questions">
      {shown.map((question) => <button key={question} type="button" onClick={() => onAsk(question)}>{question}</button>)}
    </div>
  );
}
