/** Columns of equal width under their headings, for a person to read; the last one is not padded. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const all = [headings, ...rows];
  const widths = headings.map((_, at) => Math.max(...all.map((row) => lengthOf(row[at] ?? ''))));
  return all.map((row) =>
    row
      .map((cell, at) => (at === row.length - 1 ? cell : cell + ' '.repeat((widths[at] ?? 0) - lengthOf(cell))))
      .join('  ')
      .trimEnd(),
  );
}

/** One thing, a line a field. */
export function fields(entries: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...entries.map(([name]) => lengthOf(name)));
  return entries.map(([name, value]) => `${name}${' '.repeat(width - lengthOf(name))}  ${value}`);
}

/** Code points, not UTF-16 units. */
function lengthOf(text: string): number {
  return Array.from(text).length;
}
