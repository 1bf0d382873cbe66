// node build.mjs ADDRESS VERSION: prints the page's script, bundled with that major version of the AI SDK.
import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';

const version = process.argv[3];
const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL('page.mjs', import.meta.url))],
  bundle: true,
  write: false,
  minify: true,
  format: 'esm',
  platform: 'browser',
  define: { 'process.env.NODE_ENV': '"production"' },
  alias: { 'ai-react': `ai-react-${version}`, ai: `ai-${version}` },
  logLevel: 'error',
});
console.log(JSON.stringify({ script: outputFiles[0].text }));
