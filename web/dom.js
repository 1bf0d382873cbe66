/**
 * An element with a class and children. Strings become text nodes: there is no way to markup from here.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name @param {string} [className] @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function element(name, className = '', ...children) {
  const made = document.createElement(name);
  if (className)
    made.className = className;
  made.append(...children);
  return made;
}

/** @param {string} label @param {string} className @param {() => void} onClick */
export function button(label, className, onClick) {
  const made = element('button', className, label);
  made.type = 'button';
  made.addEventListener('click', onClick);
  return made;
}
