import type { ConversationEntry } from 'passwindow';
import { memo, useEffect, useRef, useState } from 'react';
import { BinIcon, PencilIcon } from '../shared/icons';

interface EntryProps {
  entry: ConversationEntry;
  current: boolean;
  onOpen(id: string): void;
  onRename(id: string, title: string): void;
  onDelete(entry: ConversationEntry): void;
}

/** One conversation of the list. F2 renames it, Delete asks whether to delete it. */
export const Entry = memo(function Entry({ entry, current, onOpen, onRename, onDelete }: EntryProps) {
  const { id, title, turn_id: running } = entry;
  const [renaming, setRenaming] = useState(false);
  const link = useRef<HTMLAnchorElement>(null);
  const close = () => {
    setRenaming(false);
    requestAnimationFrame(() => link.current?.focus());
  };
  if (renaming)
    return <li><Title title={title} onCancel={close} onSave={(changed) => { onRename(id, changed); close(); }} /></li>;
  return (
    <li className={current ? 'current' : undefined}>
      <a
        ref={link}
        href={`#${id}`}
        title={title}
        aria-current={current ? 'page' : undefined}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey)
            return; // a tab of its own
          event.preventDefault();
          onOpen(id);
        }}
        onKeyDown={(event) => {
          if (event.key === 'F2')
            setRenaming(true);
          else if (event.key === 'Delete')
            onDelete(entry);
        }}
      >
        <span>{title}</span>
        {running !== undefined && <i className="dot running" role="img" aria-label="being answered" />}
      </a>
      <button type="button" className="icon" aria-label={`Rename ${title}`} title="Rename (F2)" onClick={() => setRenaming(true)}><PencilIcon /></button>
      <button type="button" className="icon" aria-label={`Delete ${title}`} title="Delete" onClick={() => onDelete(entry)}><BinIcon /></button>
    </li>
  );
});

function Title({ title, onCancel, onSave }: { title: string; onCancel(): void; onSave(title: string): void }) {
  const [changed, setChanged] = useState(title);
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => box.current!.select(), []);
  const save = () => (changed.trim() === '' || changed.trim() === title ? onCancel() : onSave(changed.trim()));
  return (
    <input
      ref={box}
      aria-label="Title"
      maxLength={200}
      value={changed}
      onChange={(event) => setChanged(event.target.value)}
      onBlur={save}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Enter')
          save();
        else if (event.key === 'Escape')
          onCancel();
      }}
    />
  );
}
