/** How a table may be made to fit a screen. */
export interface Fit {
  /** Columns of the screen, or null where nobody reads on one: then nothing is cut short. */
  readonly width: number | null;
  /** Columns that may be cut short, the first one first, and to how many characters; ids are not among them. */
  readonly shrink: readonly (readonly [column: number, least: number])[];
}

const GAP = 2;

/** Columns of equal width under their headings, for a person to read; the last one is not padded. */
export function table(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  { width, shrink }: Fit = { width: null, shrink: [] },
): readonly string[] {
  const all = [headings, ...rows].map((row) => row.map(printable));
  const widths = headings.map((_, at) => Math.max(...all.map((row) => lengthOf(row[at] ?? ''))));
  let over = width === null ? 0 : widths.reduce((sum, one) => sum + one + GAP, -GAP) - width;
  for (const [at, least] of shrink) {
    const taken = Math.min(Math.max(over, 0), Math.max((widths[at] ?? 0) - least, 0));
    widths[at] = (widths[at] ?? 0) - taken;
    over -= taken;
  }
  return all.map((row) =>
    row
      .map((cell, at) => shortened(cell, widths[at] ?? 0))
      .map((cell, at) => (at === row.length - 1 ? cell : cell + ' '.repeat((widths[at] ?? 0) - lengthOf(cell))))
      .join(' '.repeat(GAP))
      .trimEnd(),
  );
}

/** One thing, a line a field. */
export function fields(entries: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...entries.map(([name]) => lengthOf(name)));
  return entries.map(([name, value]) => `${name}${' '.repeat(width - lengthOf(name))}  ${printable(value)}`);
}

/** Text from elsewhere with what would move a terminal's cursor made visible: names come from platforms and routers. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '\ufffd');
}

function shortened(cell: string, width: number): string {
  const points = Array.from(cell);
  return points.length <= width ? cell : `${points.slice(0, Math.max(width - 1, 0)).join('')}…`;
}

/** Code points, not UTF-16 units. */
function lengthOf(text: string): number {
  return Array.from(text).length;
}
