import { fileURLToPath } from 'node:url';

/** The package's folder; the tests run from `build/tests` in it. */
export const packageRoot = fileURLToPath(new URL('../..', import.meta.url));

/** The repository's folder. */
export const repositoryRoot = fileURLToPath(new URL('../../../..', import.meta.url));
