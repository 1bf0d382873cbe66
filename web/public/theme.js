// A classic script in the head, so that the chosen theme is there before the first paint.
try {
  const theme = localStorage.getItem('passwindow.theme');
  if (theme === 'dark' || theme === 'light')
    document.documentElement.dataset.theme = theme;
} catch {
  // Storage is forbidden here: the system's scheme holds.
}
