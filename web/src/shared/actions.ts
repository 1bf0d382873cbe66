import type { ActionEvent } from 'passwindow';
import { firstTime } from './kept';
import { setTheme } from './theme';

type Action = ActionEvent['action'];

/** What an answer may do to this page: the actions of this list and nothing else. A model writes them, so each value is checked. */
export const actions: Record<string, (action: Action) => void> = {
  set_theme({ theme }) {
    if (theme === 'dark' || theme === 'light')
      setTheme(theme);
  },
};

/** Does an action, once in this tab. */
export function perform({ id, action }: Pick<ActionEvent, 'id' | 'action'>, turn: string) {
  if (Object.hasOwn(actions, action.type) && firstTime(`${turn}:${id}`))
    actions[action.type]!(action);
}

/** What was done, in words. */
export const wordsForAction = (action: Action) => (action.type === 'set_theme' ? `Switched to ${String(action.theme)}` : `Did ${action.type.replaceAll('_', ' ')}`);
