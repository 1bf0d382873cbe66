import type { Element, Root } from 'hast';
import { visit } from 'unist-util-visit';

/** An image inside of a link becomes its words: a link cannot stand in a link. */
export function linkedImages() {
  return (tree: Root) =>
    visit(tree, 'element', (link: Element) => {
      if (link.tagName !== 'a')
        return;
      visit(link, 'element', (image, index, parent) => {
        if (image.tagName === 'img' && parent && index !== undefined)
          parent.children[index] = { type: 'text', value: `Image: ${String(image.properties.alt || 'without a description')}` };
      });
    });
}
