const NAMED = 3;

/** The first few of many names, and how many more there are: `s1, s2, s3 (+27 more)`. */
export function firstOf(names: readonly string[], more: string): string {
  const named = names.slice(0, NAMED).join(', ');
  return names.length <= NAMED ? named : `${named} (+${String(names.length - NAMED)} ${more})`;
}
