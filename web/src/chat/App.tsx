import { useEffect, useRef, useState } from 'react';
import { listModels } from '../shared/client';
import { CloseIcon, KeyboardIcon, MenuIcon, SunIcon } from '../shared/icons';
import { keepModel, recallModel } from '../shared/kept';
import { useStore } from '../shared/store';
import { switchTheme } from '../shared/theme';
import type { Chat } from './chat';
import { Composer } from './Composer';
import { Help } from './Help';
import { Log } from './Log';
import { Problem } from './Problem';
import { Sidebar } from './Sidebar';
import { useAnnouncement } from './useAnnouncement';
import { useKeys } from './useKeys';
import { useNarrow, useOnline } from './useMedia';

/** The chat page. */
export function App({ chat }: { chat: Chat }) {
  const { current } = useStore(chat);
  const state = useStore(current);
  const { entries } = useStore(chat.list);
  const [models, setModels] = useState<readonly string[]>([]);
  const [model, setModel] = useState(recallModel);
  const [help, setHelp] = useState(false);
  const [drawer, setDrawer] = useState(false);
  const narrow = useNarrow();
  const online = useOnline();
  const box = useRef<HTMLTextAreaElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const menu = useRef<HTMLButtonElement>(null);
  const words = useAnnouncement(state);
  const title = entries.find((entry) => entry.id === current.id)?.title ?? state.exchanges.find((exchange) => exchange.question)?.question?.slice(0, 80);
  const empty = state.exchanges.length === 0;
  const chosen = models.includes(model ?? '') ? model : undefined;

  useEffect(() => void listModels().then(setModels), []);
  useEffect(() => {
    document.title = title ? `${title} · Passwindow` : 'Passwindow';
  }, [title]);
  useEffect(() => {
    if (!narrow)
      box.current?.focus();
  }, [current, narrow]);

  // A button that was pressed and is gone leaves the focus to nothing; the next thing to do is to write.
  useEffect(() => {
    if (!narrow && document.activeElement === document.body)
      box.current?.focus();
  }, [state.live, narrow]);

  const closeDrawer = () => setDrawer(false);
  // Once it is closed: until then what is behind it takes no focus.
  const wasDrawn = useRef(false);
  useEffect(() => {
    if (wasDrawn.current && !drawer)
      menu.current?.focus();
    wasDrawn.current = drawer;
  }, [drawer]);
  useKeys({
    onNew: () => chat.open(),
    onSearch: () => {
      setDrawer(narrow);
      requestAnimationFrame(() => search.current?.focus());
    },
    onHelp: () => setHelp(true),
    onEscape: () => (drawer ? closeDrawer() : void current.stop()),
  });
  const send = (message: string, replaces?: string) => chat.send(message, chosen, replaces);

  return (
    <div className={drawer ? 'page drawn' : 'page'}>
      <a className="skip" href="#message" onClick={(event) => { event.preventDefault(); box.current?.focus(); }}>Skip to the message box</a>
      <aside id="side" inert={narrow && !drawer}>
        <header>
          <img src="/favicon.svg" alt="" width="22" height="22" />
          <strong>Passwindow</strong>
          {narrow && <button type="button" className="icon" aria-label="Close the conversations" onClick={closeDrawer}><CloseIcon /></button>}
        </header>
        <Sidebar chat={chat} current={current.id} search={search} onChosen={closeDrawer} />
      </aside>
      {drawer && <div className="scrim" onClick={closeDrawer} />}
      <div className="stage" inert={narrow && drawer}>
        <header>
          {narrow && <button ref={menu} type="button" className="icon" aria-label="Conversations" aria-expanded={drawer} aria-controls="side" onClick={() => setDrawer(true)}><MenuIcon /></button>}
          <h1>{title ?? 'New conversation'}</h1>
          <button type="button" className="icon" aria-label="Keys" title="Keys (Ctrl /)" onClick={() => setHelp(true)}><KeyboardIcon /></button>
          <button type="button" className="icon" aria-label="Switch between light and dark" title="Light or dark" onClick={switchTheme}><SunIcon /></button>
        </header>
        {empty
          ? <Welcome phase={state.phase} />
          : <Log key={current.id} conversation={current} exchanges={state.exchanges} busy={state.live !== undefined} model={chosen} onAsk={send} />}
        <footer className="column">
          {state.problem && <Problem error={state.problem.error} label={state.problem.again && 'Try again'} onAct={state.problem.again} />}
          <p className="connection">{!online ? 'You are offline. What is being written goes on when you are back.' : state.isLost ? 'Reconnecting…' : ''}</p>
          <Composer
            key={current.id}
            draft={empty && state.phase === 'new' && location.hash === '' ? '' : current.id}
            state={state}
            box={box}
            models={models}
            model={chosen}
            onModel={(id) => {
              setModel(id);
              keepModel(id);
            }}
            onSend={send}
            onStop={() => void current.stop()}
            onEditLast={() => [...document.querySelectorAll<HTMLButtonElement>('.question .edit')].at(-1)?.click()}
          />
        </footer>
      </div>
      <p className="unseen" id="announcer" aria-live="polite">{words}</p>
      {help && <Help onClose={() => setHelp(false)} />}
    </div>
  );
}

function Welcome({ phase }: { phase: string }) {
  return (
    <main className="scroll" tabIndex={-1} aria-label="Conversation">
      <div className="column welcome">
        {phase === 'new' && (
          <>
            <p className="greeting">What would you like to know?</p>
            <p className="hint">Answers are written down before they are shown: refresh, lose the network, come back, and the text goes on where it was.</p>
          </>
        )}
        {phase === 'loading' && <div className="waiting" role="img" aria-label="Loading"><i /><i /><i /></div>}
        {phase === 'gone' && <p className="hint">This conversation does not exist, or not any more.</p>}
      </div>
    </main>
  );
}
