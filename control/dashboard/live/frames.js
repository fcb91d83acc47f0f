/**
 * One event of a text/event-stream (HTML Living Standard §9.2.6).
 *
 * @typedef {{ readonly id: string | null, readonly data: string }} Frame
 */

/**
 * Reads a stream piece by piece; a piece may end anywhere. Comments and frames without data are left out. Our server ends
 * lines with LF alone, so CR is none here.
 *
 * @returns {{ push(piece: string): Frame[] }}
 */
export function frameReader() {
  let rest = '';
  return {
    push: (piece) => {
      const parts = (rest + piece).split('\n\n');
      rest = parts.pop() ?? '';
      return parts.flatMap(frameOf);
    },
  };
}

/**
 * @param {string} text
 * @returns {Frame[]}
 */
function frameOf(text) {
  /** @type {string[]} */
  const data = [];
  /** @type {string | null} */
  let id = null;
  for (const line of text.split('\n')) {
    const [, name, value = ''] = /^([^:]+)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (name === 'data') data.push(value);
    if (name === 'id') id = value;
  }
  return data.length === 0 ? [] : [{ id, data: data.join('\n') }];
}
