/**
 * Attributes by name; `on` holds listeners. A value of null, undefined or false leaves the attribute out, true sets it empty.
 *
 * @typedef {Record<string, string | number | boolean | null | undefined> & { on?: never }} Attributes
 * @typedef {Node | string | number | null | false} Child
 */

/**
 * Makes an element. Text becomes text nodes, whatever it holds: nothing here reads markup.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} attributes
 * @param {...(Child | readonly Child[])} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children.flat()) {
    if (child === null || child === false) continue;
    element.append(typeof child === 'number' ? String(child) : child);
  }
  return element;
}

/**
 * One child of a list that changes: it is made anew only when its signature differs.
 *
 * @typedef {object} Block
 * @property {string} key
 * @property {unknown} sign Plain data; what the element shows.
 * @property {() => HTMLElement} make
 */

/**
 * Brings a container's children to what the blocks say. Those that show the same stay as they are, so that focus, selection
 * and what the reader opened survive; one that is made anew takes over what was open in it, and the focus.
 *
 * @param {HTMLElement} container
 * @param {readonly Block[]} blocks
 */
export function patch(container, blocks) {
  /** @type {Map<string, HTMLElement>} */
  const present = new Map();
  for (const child of container.children) {
    if (child instanceof HTMLElement && child.dataset['key'] !== undefined) present.set(child.dataset['key'], child);
  }
  const next = blocks.map(({ key, sign, make }) => {
    const signature = JSON.stringify(sign);
    const before = present.get(key);
    if (before?.dataset['sign'] === signature) return before;
    const element = make();
    element.dataset['key'] = key;
    element.dataset['sign'] = signature;
    if (before !== undefined) inherit(before, element);
    return element;
  });
  const isSame =
    next.length === container.childNodes.length && next.every((one, at) => container.childNodes[at] === one);
  if (isSame) return;
  const focused = document.activeElement;
  const path = focused instanceof HTMLElement && container.contains(focused) ? focusPath(container, focused) : null;
  container.replaceChildren(...next);
  if (path !== null && document.activeElement !== focused) refocus(container, path);
}

/**
 * @param {HTMLElement} before
 * @param {HTMLElement} after
 */
function inherit(before, after) {
  const were = new Map([...before.querySelectorAll('details')].map((one) => [one.dataset['name'], one.open]));
  for (const one of after.querySelectorAll('details')) one.open = were.get(one.dataset['name']) ?? one.open;
}

/**
 * @typedef {{ readonly key: string, readonly at: number }} FocusPath
 * @param {HTMLElement} container
 * @param {HTMLElement} focused
 * @returns {FocusPath | null}
 */
function focusPath(container, focused) {
  const block = [...container.children].find((child) => child.contains(focused));
  if (!(block instanceof HTMLElement)) return null;
  return { key: block.dataset['key'] ?? '', at: focusables(block).indexOf(focused) };
}

/**
 * @param {HTMLElement} container
 * @param {FocusPath} path
 */
function refocus(container, { key, at }) {
  const block = [...container.children].find((child) => child instanceof HTMLElement && child.dataset['key'] === key);
  if (block !== undefined) focusables(block)[at]?.focus({ preventScroll: true });
}

/**
 * @param {Element} element
 * @returns {HTMLElement[]}
 */
function focusables(element) {
  return [...element.querySelectorAll('a[href], button, input, select, summary')].filter(
    (one) => one instanceof HTMLElement,
  );
}
