import temml from 'temml';
import 'temml/dist/Temml-Local.css';

/**
 * Puts a formula into an element as MathML nodes.
 * @returns whether it could be read; if not, the element is as it was
 */
export function typeset(formula: string, element: HTMLElement, display: boolean): boolean {
  const made = document.createElement('span');
  try {
    // Without trust there are no links, images or classes; the bounds keep a hostile formula short.
    temml.render(formula, made, { displayMode: display, throwOnError: true, trust: false, maxExpand: 500, maxSize: [20, 20], annotate: true });
  } catch {
    return false;
  }
  element.replaceChildren(...made.childNodes);
  return true;
}
