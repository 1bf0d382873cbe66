#!/usr/bin/env bash
# Builds the pages into web/dist, if anything they are made of is newer. Needs Node 20 or later.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  npm ci --no-audit --no-fund --loglevel=error >&2
  touch node_modules/.package-lock.json
fi

sources=(src public ../clients/typescript/src ./*.html package-lock.json vite.config.ts)
if [ ! -f dist/index.html ] || [ -n "$(find "${sources[@]}" -type f -newer dist/index.html -print -quit)" ]; then
  npm run --silent build -- --logLevel=warn >&2
  touch dist/index.html
fi
