import type { ToolPart } from 'passwindow';
import { useId, useState } from 'react';
import { ChevronIcon } from '../shared/icons';
import { subjectOf, time } from '../shared/words';

/** The longest arguments or result shown, in UTF-16 units. */
const MaxShown = 20_000;

interface ToolProps {
  call: ToolPart;
  over: boolean;
  onApprove(call: string, approved: boolean): void;
}

/** One call of a tool: a chip that says what is happening and opens to the arguments and the result, and asks where a person has to say yes. */
export function Tool({ call, over, onApprove }: ToolProps) {
  const { id, name, status, result, error } = call;
  const [answered, setAnswered] = useState<boolean>();
  const asks = status === 'waiting' && !over;
  const look = over && (status === 'writing' || status === 'called' || status === 'waiting') ? 'unanswered' : status;
  const answer = (approved: boolean) => {
    setAnswered(approved);
    onApprove(id, approved);
  };
  return (
    <>
      <details className={`tool ${look}`}>
        <summary><i className="dot" />{labelOf(call, look)}<ChevronIcon /></summary>
        <dl>
          <dt>{name}</dt>
          <dd><pre tabIndex={0} aria-label="Arguments">{call.arguments === undefined ? clipped(call.arguments_text) : pretty(call.arguments)}</pre></dd>
          {(status === 'done' || status === 'failed') && (
            <>
              <dt>{status === 'failed' ? 'Error' : 'Result'}</dt>
              <dd><pre tabIndex={0} aria-label={status === 'failed' ? 'Error' : 'Result'}>{pretty(status === 'failed' ? error : result)}</pre></dd>
            </>
          )}
        </dl>
      </details>
      {asks && <Approval call={call} answered={answered} onAnswer={answer} />}
    </>
  );
}

function Approval({ call, answered, onAnswer }: { call: ToolPart; answered: boolean | undefined; onAnswer(approved: boolean): void }) {
  const title = useId();
  return (
    <div className="approval" role="group" aria-labelledby={title}>
      <p id={title}>Run <strong>{call.name}</strong> with these arguments?</p>
      <pre tabIndex={0} aria-label="Arguments">{pretty(call.arguments)}</pre>
      <div className="choices">
        <button type="button" className="main" disabled={answered !== undefined} onClick={() => onAnswer(true)}>{answered === true ? 'Allowed' : 'Allow'}</button>
        <button type="button" disabled={answered !== undefined} onClick={() => onAnswer(false)}>{answered === false ? 'Denied' : 'Deny'}</button>
      </div>
    </div>
  );
}

/** What needs a yes does something; everything else fetches. */
function labelOf({ name, approval, duration_ms: duration }: ToolPart, look: ToolPart['status'] | 'unanswered') {
  const subject = subjectOf(name);
  const took = duration ? ` · ${time(duration)}` : '';
  switch (look) {
    case 'waiting':
      return `${name} waits for your yes`;
    case 'done':
      return `${approval ? 'Did' : 'Fetched'} ${subject}${took}`;
    case 'failed':
      return `${name} failed${took}`;
    case 'unanswered':
      return `${name}, without a result`;
    default:
      return `${approval ? 'Doing' : 'Fetching'} ${subject}…`;
  }
}

const pretty = (value: unknown) => clipped(typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? ''));

const clipped = (text: string) => (text.length > MaxShown ? `${text.slice(0, MaxShown)}…` : text);
