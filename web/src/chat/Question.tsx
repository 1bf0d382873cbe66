import { memo, useEffect, useRef, useState } from 'react';
import { CopyButton } from '../shared/CopyButton';
import { PencilIcon } from '../shared/icons';

interface QuestionProps {
  text: string;
  /** Absent where it cannot be asked differently. */
  onEdit?: ((text: string) => void) | undefined;
}

/** What a person asked: their words as they are, no Markdown. */
export const Question = memo(function Question({ text, onEdit }: QuestionProps) {
  const [editing, setEditing] = useState(false);
  const pencil = useRef<HTMLButtonElement>(null);
  const close = () => {
    setEditing(false);
    requestAnimationFrame(() => pencil.current?.focus());
  };
  return (
    <article className="question" aria-label="You">
      {editing && onEdit
        ? <Editor text={text} onCancel={close} onSave={(changed) => { setEditing(false); onEdit(changed); }} />
        : <p className="asked">{text}</p>}
      {!editing && (
        <div className="foot">
          {onEdit && <button ref={pencil} type="button" className="icon edit" aria-label="Edit question" title="Edit" onClick={() => setEditing(true)}><PencilIcon /></button>}
          <CopyButton text={text} label="Copy question" />
        </div>
      )}
    </article>
  );
});

function Editor({ text, onCancel, onSave }: { text: string; onCancel(): void; onSave(text: string): void }) {
  const [changed, setChanged] = useState(text);
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    box.current!.focus();
    box.current!.setSelectionRange(text.length, text.length);
  }, [text]);
  return (
    <form
      className="editor"
      onSubmit={(event) => {
        event.preventDefault();
        if (changed.trim() !== '')
          onSave(changed);
      }}
    >
      <textarea
        ref={box}
        aria-label="Edit your question"
        value={changed}
        rows={3}
        onChange={(event) => setChanged(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            event.stopPropagation();
            onCancel();
          } else if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
            event.preventDefault();
            event.currentTarget.form!.requestSubmit();
          }
        }}
      />
      <div className="choices">
        <button type="button" onClick={onCancel}>Cancel</button>
        <button type="submit" className="main">Ask again</button>
      </div>
    </form>
  );
}
