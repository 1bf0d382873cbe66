/** As much of a document as the renderer may use: whatever else it tried (innerHTML, attributes) would fail here. */

class FakeNode {
  childNodes = [];
  parent = null;

  append(...nodes) {
    for (const node of nodes) {
      node.remove();
      node.parent = this;
      this.childNodes.push(node);
    }
  }

  remove() {
    if (this.parent)
      this.parent.childNodes.splice(this.parent.childNodes.indexOf(this), 1);
    this.parent = null;
  }

  get textContent() {
    return this.childNodes.map((node) => node.textContent).join('');
  }
}

class FakeElement extends FakeNode {
  className = '';

  constructor(name) {
    super();
    this.name = name;
    Object.seal(this);
  }
}

class FakeText {
  parent = null;
  childNodes = [];

  constructor(textContent) {
    this.textContent = textContent;
  }

  remove() {
    FakeNode.prototype.remove.call(this);
  }
}

export function fakeDocument() {
  const made = [];
  return {
    /** The elements ever made. */
    made,
    createElement(name) {
      const element = new FakeElement(name);
      made.push(element);
      return element;
    },
    createTextNode: (text) => new FakeText(text),
  };
}

/** A tree in short: `p(a strong(b))`. */
export function outline(node) {
  if (node instanceof FakeText)
    return JSON.stringify(node.textContent);
  const merged = [];
  for (const child of node.childNodes) {
    if (child instanceof FakeText && merged.at(-1) instanceof FakeText)
      merged.push(new FakeText(merged.pop().textContent + child.textContent));
    else
      merged.push(child);
  }
  return `${node.name}(${merged.map(outline).join(' ')})`;
}
