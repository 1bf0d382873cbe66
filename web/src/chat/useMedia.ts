import { useSyncExternalStore } from 'react';

const narrow = matchMedia('(max-width: 52rem)');

/** Whether the page is too narrow for two columns. */
export const useNarrow = () => useSyncExternalStore(onNarrow, () => narrow.matches);

/** Whether the browser believes that there is a network. */
export const useOnline = () => useSyncExternalStore(onOnline, () => navigator.onLine);

function onNarrow(changed: () => void) {
  narrow.addEventListener('change', changed);
  return () => narrow.removeEventListener('change', changed);
}

function onOnline(changed: () => void) {
  addEventListener('online', changed);
  addEventListener('offline', changed);
  return () => {
    removeEventListener('online', changed);
    removeEventListener('offline', changed);
  };
}
