/**
 * What an answer may do to this page: the actions of this list and nothing else. A model writes them, so each value is checked.
 * @type {Record<string, (action: Record<string, unknown>) => void>}
 */
const allowed = {
  set_theme({ theme }) {
    if (theme === 'dark' || theme === 'light')
      setTheme(theme);
  },
};

/** @param {unknown} action the object of an `action` event @returns {boolean} whether it is one this page knows */
export function perform(action) {
  const type = /** @type {any} */ (action)?.type;
  if (typeof type !== 'string' || !Object.hasOwn(allowed, type))
    return false;
  allowed[type](/** @type {any} */ (action));
  return true;
}

/** @param {'dark' | 'light'} theme */
export function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem('passwindow.theme', theme);
  } catch {
    // Then it holds until the page is left.
  }
}

export function switchTheme() {
  const now = document.documentElement.dataset.theme ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
  setTheme(now === 'dark' ? 'light' : 'dark');
}
