import { Dialog } from '../shared/Dialog';

const keys: readonly (readonly [string, string])[] = [
  ['Enter', 'Send'],
  ['Shift Enter', 'Break the line'],
  ['Esc', 'Stop the answer'],
  ['↑ in an empty box', 'Edit the last question'],
  ['Alt ↑, Alt ↓', 'Go from question to question'],
  ['Ctrl K', 'Search the conversations'],
  ['↑, ↓ in the list', 'Go from conversation to conversation'],
  ['F2, Delete in the list', 'Rename, delete'],
  ['Ctrl Shift O', 'New conversation'],
  ['Ctrl /', 'These keys'],
];

/** The keys of the page. */
export function Help({ onClose }: { onClose(): void }) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl className="keys">
        {keys.map(([key, does]) => <div key={key}><dt>{key}</dt><dd>{does}</dd></div>)}
      </dl>
      <div className="choices"><button type="button" className="main" onClick={onClose}>Close</button></div>
    </Dialog>
  );
}
