/** A number with its noun, in the right number: `1 error`, `2 errors`. */
export function counted(count: number, one: string, many: string): string {
  return `${String(count)} ${count === 1 ? one : many}`;
}
