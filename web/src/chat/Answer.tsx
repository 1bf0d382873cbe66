import type { PasswindowError, TurnPart, TurnState } from 'passwindow';
import { textOf } from 'passwindow';
import { memo } from 'react';
import { wordsForAction } from '../shared/actions';
import { CopyButton } from '../shared/CopyButton';
import { AgainIcon, CheckIcon, ClockIcon } from '../shared/icons';
import { wordsForEnd, wordsForUsage } from '../shared/words';
import { Problem } from './Problem';
import { Reasoning } from './Reasoning';
import { Sources } from './Sources';
import { Text } from './Text';
import { Tool } from './Tool';

export interface AnswerProps {
  turn: string | undefined;
  state: TurnState;
  /** Whether it is being written. */
  live: boolean;
  failure?: PasswindowError | undefined;
  onApprove(turn: string, call: string, approved: boolean): void;
  /** Absent where it cannot be asked for again. */
  onAgain?: ((turn: string) => void) | undefined;
  onReload(): void;
}

/** One answer: its parts in the order they came, then its sources, what it cost, and what went wrong. */
export const Answer = memo(function Answer({ turn, state, live, failure, onApprove, onAgain, onReload }: AnswerProps) {
  const { parts, citations, usage, error, finish_reason: reason } = state;
  const last = parts.at(-1);
  const end = reason === undefined ? '' : wordsForEnd(reason);
  const again = turn !== undefined && onAgain ? () => onAgain(turn) : undefined;
  const waits = live && last?.type !== 'text' && !(last?.type === 'tool' && last.status === 'waiting');
  const words = wordsForUsage(usage);
  return (
    <article className="answer" aria-label="Answer" aria-busy={live}>
      {parts.map((part, index) => (
        <Part key={index} part={part} live={live && part === last} over={!live} onApprove={(call, approved) => turn !== undefined && onApprove(turn, call, approved)} />
      ))}
      {waits && (
        <div className="waiting" role="img" aria-label="Waiting for the answer"><i /><i /><i /></div>
      )}
      <Sources citations={citations} />
      {end !== '' && <p className="end">{end}</p>}
      {error && !live && <Problem error={error} label={error.retryable || again ? 'Try again' : undefined} onAct={again} />}
      {failure && <Problem error={failure} label="Reconnect" onAct={onReload} />}
      {!live && (
        <div className="foot">
          {textOf(state) !== '' && <CopyButton text={() => textOf(state)} label="Copy answer" />}
          {again && <button type="button" className="icon" aria-label="Answer again" title="Answer again" onClick={again}><AgainIcon /></button>}
          {__HAS_INSPECTOR__ && turn !== undefined && <a className="icon" href={`/inspect/${turn}`} aria-label="Inspect this turn" title="Inspect this turn"><ClockIcon /></a>}
          {words.brief !== '' && <span className="cost" title={words.full}>{words.brief}</span>}
        </div>
      )}
    </article>
  );
});

interface PartProps {
  part: TurnPart;
  live: boolean;
  /** The turn has ended: a call without a result will get none. */
  over: boolean;
  onApprove(call: string, approved: boolean): void;
}

function Part({ part, live, over, onApprove }: PartProps) {
  switch (part.type) {
    case 'text':
      return <Text text={part.text} live={live} />;
    case 'reasoning':
      return <Reasoning text={part.text} live={live} />;
    case 'tool':
      return <Tool call={part} over={over} onApprove={onApprove} />;
    case 'action':
      return <p className="done-action"><CheckIcon /> {wordsForAction(part.action)}</p>;
    case 'seam':
      return <p className="seam">The connection to the model broke; {part.model} goes on.</p>;
  }
}
