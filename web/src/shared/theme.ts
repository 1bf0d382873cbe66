/** Light, dark, or (null) whatever the system has. `public/theme.js` sets it before the first paint. */
export type Theme = 'light' | 'dark';

const Name = 'passwindow.theme';

export function setTheme(theme: Theme) {
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(Name, theme);
  } catch {
    // Then it holds until the page is left.
  }
}

export function switchTheme() {
  const now = document.documentElement.dataset.theme ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
  setTheme(now === 'dark' ? 'light' : 'dark');
}

/** Follows the choice that another tab makes. */
export function followTheme() {
  addEventListener('storage', ({ key, newValue }) => {
    if (key === Name && (newValue === 'dark' || newValue === 'light'))
      document.documentElement.dataset.theme = newValue;
  });
}
