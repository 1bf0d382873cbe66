import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { packageRoot } from './root.js';

test('the event types are what the schema says', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/generate-events.mjs', '--check'], { cwd: packageRoot, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
});
