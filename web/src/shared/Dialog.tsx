import { useEffect, useRef, type ReactNode } from 'react';

/** A modal dialog: the platform's own, which keeps the focus inside, gives it back, and closes on Escape. */
export function Dialog({ title, onClose, children }: { title: string; onClose(): void; children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current!;
    element.showModal();
    return () => element.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <div className="sheet">
        <h2>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}
