/** What a tab keeps over a refresh, and what a browser keeps for good. Where storage is forbidden, nothing is kept. */

const Draft = 'passwindow.draft.';
const Performed = 'passwindow.performed';
const Model = 'passwindow.model';

/** How many actions are remembered as done. */
const MaxPerformed = 200;

/** A message that was written, and perhaps sent: with its key it is sent once, however often it is sent. */
export interface Kept {
  text: string;
  key?: string | undefined;
}

/** @param conversation '' for a new one */
export function recallDraft(conversation: string): Kept | undefined {
  const kept = read(sessionStorage, Draft + conversation);
  return typeof kept?.text === 'string' ? kept : undefined;
}

export const keepDraft = (conversation: string, draft: Kept | undefined) => write(sessionStorage, Draft + conversation, draft?.text ? draft : undefined);

/** Whether an action is done for the first time in this tab: a turn that is read again from its start does nothing twice. */
export function firstTime(action: string): boolean {
  const kept = read(sessionStorage, Performed);
  const done: string[] = Array.isArray(kept) ? kept : [];
  if (done.includes(action))
    return false;
  write(sessionStorage, Performed, [...done, action].slice(-MaxPerformed));
  return true;
}

export const recallModel = (): string | undefined => read(localStorage, Model)?.id;

export const keepModel = (id: string | undefined) => write(localStorage, Model, id === undefined ? undefined : { id });

function read(storage: Storage, name: string): any {
  try {
    return JSON.parse(storage.getItem(name) ?? 'null');
  } catch {
    return null;
  }
}

function write(storage: Storage, name: string, value: unknown) {
  try {
    if (value === undefined)
      storage.removeItem(name);
    else
      storage.setItem(name, JSON.stringify(value));
  } catch {
    // Then a refresh relies on the server alone.
  }
}
