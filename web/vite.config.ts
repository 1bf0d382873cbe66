import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Each page of the app is an HTML file beside this one. */
const pages = ['index.html', 'inspect.html'].filter((page) => existsSync(here(page)));

/** The part that reads Markdown is fetched with the page, not after it: an answer would wait for it. */
const preloadMarkdown: Plugin = {
  name: 'preload-markdown',
  transformIndexHtml: (_, { bundle, path }) =>
    Object.values((path === '/index.html' && bundle) || {})
      .filter((chunk) => chunk.type === 'chunk' && chunk.name === 'Markdown')
      .map((chunk) => ({ tag: 'link', attrs: { rel: 'modulepreload', href: `/${chunk.fileName}` }, injectTo: 'head' as const })),
};

export default defineConfig({
  plugins: [preloadMarkdown],
  // JSX is esbuild's: the automatic runtime needs no plugin.
  esbuild: { jsx: 'automatic' },
  resolve: {
    alias: [
      { find: /^passwindow$/, replacement: here('../clients/typescript/src/index.ts') },
      // The client's sources lie outside of this folder, where its one dependency would not be found.
      { find: /^eventsource-parser$/, replacement: here('node_modules/eventsource-parser') },
    ],
  },
  define: { __HAS_INSPECTOR__: JSON.stringify(pages.includes('inspect.html')) },
  build: {
    target: 'es2023',
    // A font inside a style sheet would be a `data:` address, which the Content-Security-Policy does not let in.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: pages.map(here) },
  },
  server: { proxy: { '/chat': 'http://127.0.0.1:5280', '/v1': 'http://127.0.0.1:5280' } },
  test: { testTimeout: 60_000, include: ['tests/**/*.test.{ts,tsx}'], reporters: ['tap-flat'] },
});
