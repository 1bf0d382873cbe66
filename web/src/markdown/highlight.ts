import { toJsxRuntime } from 'hast-util-to-jsx-runtime';
import { common, createLowlight } from 'lowlight';
import type { ReactNode } from 'react';
import { Fragment, jsx, jsxs } from 'react/jsx-runtime';

const lowlight = createLowlight(common);

/** Code in its language's colours, as elements; null if the language is not known. */
export function highlight(code: string, language: string): ReactNode {
  const name = language.toLowerCase();
  return lowlight.registered(name) ? toJsxRuntime(lowlight.highlight(name, code), { Fragment, jsx, jsxs }) : null;
}
