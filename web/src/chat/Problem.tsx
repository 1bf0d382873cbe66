import { adviceFor } from '../shared/words';

interface ProblemProps {
  error: { code: string; message: string; retryAfter?: number | undefined };
  label?: string | undefined;
  onAct?: (() => void) | undefined;
}

/** What went wrong, what to do about it, and the button that does it. It stands below an answer, never in its text. */
export function Problem({ error, label, onAct }: ProblemProps) {
  const advice = adviceFor(error);
  return (
    <div className="problem" role="group" aria-label="Problem">
      <p><strong>{error.message}</strong> {advice} <code>{error.code}</code></p>
      {label && onAct && <button type="button" onClick={onAct}>{label}</button>}
    </div>
  );
}
