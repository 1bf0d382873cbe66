import { useSyncExternalStore } from 'react';

/** Something whose state changes, each time into a new object. */
export class Store<State> {
  #state: State;
  readonly #listeners = new Set<() => void>();

  constructor(state: State) {
    this.#state = state;
  }

  get state(): State {
    return this.#state;
  }

  protected change(patch: Partial<State>) {
    this.#state = { ...this.#state, ...patch };
    for (const listener of this.#listeners)
      listener();
  }

  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };
}

/** The state of a store, here and after each change. */
export const useStore = <State>(store: Store<State>): State => useSyncExternalStore(store.subscribe, () => store.state);
