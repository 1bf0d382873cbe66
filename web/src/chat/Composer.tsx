import { useEffect, useLayoutEffect, useState, type RefObject } from 'react';
import { SendIcon, StopIcon } from '../shared/icons';
import { keepDraft, recallDraft } from '../shared/kept';
import type { ConversationState } from './conversation';

/** The longest message (UTF-16 units); the server's own bound is in bytes. */
const MaxLength = 200_000;

interface ComposerProps {
  /** Under which name a text that was not sent is kept: the conversation's id, or '' for a new one. */
  draft: string;
  state: ConversationState;
  box: RefObject<HTMLTextAreaElement | null>;
  models: readonly string[];
  model: string | undefined;
  onModel(model: string | undefined): void;
  onSend(message: string): void;
  onStop(): void;
  onEditLast(): void;
}

/** Where a message is written. */
export function Composer({ draft, state, box, models, model, onModel, onSend, onStop, onEditLast }: ComposerProps) {
  const [text, setText] = useState('');
  const loading = state.phase === 'loading';
  const running = state.live !== undefined;

  useEffect(() => {
    if (!loading)
      setText((now) => now || recallDraft(draft)?.text || '');
  }, [loading, draft]);
  useEffect(() => {
    if (state.returned !== undefined)
      setText((now) => now || state.returned!);
  }, [state.returned]);
  // What went back and was then sent by the button of the problem is no draft any more.
  const asked = state.live === undefined ? undefined : state.exchanges.at(-1)?.question;
  useEffect(() => {
    if (asked !== undefined)
      setText((now) => (now === asked ? '' : now));
  }, [asked]);

  const write = (value: string) => {
    setText(value);
    keepDraft(draft, { text: value });
  };
  const send = () => {
    if (text.trim() === '' || running || loading)
      return;
    // The draft goes with the conversation from here on.
    if (draft === '')
      keepDraft(draft, undefined);
    setText('');
    onSend(text);
  };

  // It grows with its text, to the bound the style sheet sets. Set through the object model, which `style-src 'self'` allows.
  useLayoutEffect(() => {
    const element = box.current!;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight}px`;
  }, [text, box]);

  return (
    <form
      className={models.length > 1 ? 'composer' : 'composer slim'}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <label htmlFor="message" className="unseen">Message</label>
      <textarea
        id="message"
        ref={box}
        rows={1}
        value={text}
        placeholder="Write a message"
        enterKeyHint="send"
        autoComplete="off"
        maxLength={MaxLength}
        onChange={(event) => write(event.target.value)}
        onKeyDown={(event) => {
          // While an input method composes, Enter belongs to it (keyCode 229 is Safari's way to say so).
          if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing && event.keyCode !== 229) {
            event.preventDefault();
            send();
          } else if (event.key === 'ArrowUp' && text === '') {
            event.preventDefault();
            onEditLast();
          }
        }}
      />
      <div className="tools">
        {models.length > 1 && (
          <select aria-label="Model" value={model ?? ''} onChange={(event) => onModel(event.target.value || undefined)}>
            <option value="">Default model</option>
            {models.map((id) => <option key={id} value={id}>{id}</option>)}
          </select>
        )}
        <span className="space" />
        {running
          ? <button type="button" id="stop" className="send stop" disabled={state.isStopping} aria-label={state.isStopping ? 'Stopping' : 'Stop'} title="Stop (Esc)" onClick={onStop}><StopIcon /></button>
          : <button type="submit" id="send" className="send" disabled={text.trim() === '' || loading} aria-label="Send" title="Send (Enter)"><SendIcon /></button>}
      </div>
    </form>
  );
}
