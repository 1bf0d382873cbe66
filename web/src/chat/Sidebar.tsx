import type { ConversationEntry } from 'passwindow';
import { useRef, useState, type RefObject } from 'react';
import { Dialog } from '../shared/Dialog';
import { PlusIcon, SearchIcon } from '../shared/icons';
import { useStore } from '../shared/store';
import type { Chat } from './chat';
import { Entry } from './Entry';
import { days } from './days';

interface SidebarProps {
  chat: Chat;
  current: string;
  search: RefObject<HTMLInputElement | null>;
  /** Somebody chose something: a drawer closes. */
  onChosen(): void;
}

/** The conversations: a new one, the one that is looked for, and all others. */
export function Sidebar({ chat, current, search, onChosen }: SidebarProps) {
  const { entries, query, next, phase } = useStore(chat.list);
  const [doomed, setDoomed] = useState<ConversationEntry>();
  const [failed, setFailed] = useState('');
  const list = useRef<HTMLElement>(null);
  const today = new Date();

  const open = (id?: string) => {
    chat.open(id);
    onChosen();
  };
  const doDelete = async () => {
    const { id } = doomed!;
    setDoomed(undefined);
    await chat.delete(id).catch((error: Error) => setFailed(`It was not deleted. ${error.message}`));
    if (document.activeElement === document.body)
      list.current?.querySelector('a')?.focus();
  };
  const rename = (id: string, title: string) => void chat.rename(id, title).catch((error: Error) => setFailed(`It was not renamed. ${error.message}`));

  return (
    <>
      <button type="button" className="new" onClick={() => open()}><PlusIcon /> New conversation</button>
      <label className="search">
        <SearchIcon />
        <span className="unseen">Search conversations</span>
        <input ref={search} type="search" placeholder="Search" maxLength={200} value={query} onChange={(event) => chat.list.search(event.target.value)} />
      </label>
      <nav ref={list} aria-label="Conversations" onKeyDown={walk}>
        {days(entries, today, query !== '').map(({ name, entries: group }) => (
          <section key={name}>
            <h2>{name}</h2>
            <ul>
              {group.map((entry) => (
                <Entry key={entry.id} entry={entry} current={entry.id === current} onOpen={open} onRename={rename} onDelete={setDoomed} />
              ))}
            </ul>
          </section>
        ))}
        {entries.length === 0 && phase !== 'loading' && (
          <p className="none">{phase === 'failed' ? 'The list could not be read.' : query !== '' ? 'Nothing found.' : 'No conversations yet.'}</p>
        )}
        {next !== undefined && entries.length > 0 && <button type="button" className="more" onClick={() => void chat.list.more()}>Show more</button>}
      </nav>
      <p role="status" className="none">{failed}</p>
      {doomed && (
        <Dialog title="Delete this conversation?" onClose={() => setDoomed(undefined)}>
          <p>“{doomed.title}” and everything written in it will be gone for good.</p>
          <div className="choices">
            <button type="button" onClick={() => setDoomed(undefined)}>Cancel</button>
            <button type="button" className="main wrong" onClick={doDelete}>Delete</button>
          </div>
        </Dialog>
      )}
    </>
  );
}

/** The arrow keys, Home and End walk through the list; Tab goes past it. */
function walk(event: React.KeyboardEvent<HTMLElement>) {
  const links = [...event.currentTarget.querySelectorAll<HTMLAnchorElement>('li > a')];
  const at = links.indexOf(document.activeElement as HTMLAnchorElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[event.key];
  if (at < 0 || to === undefined)
    return;
  event.preventDefault();
  links[Math.max(0, Math.min(to, links.length - 1))]!.focus();
}
