/** How a text is written between quotes of RouterOS's console: `\HH` for all that is not plain (manual, "Scripting", "Escape"). */
export function quoted(text: string): string {
  const escaped = text.replace(/[^A-Za-z0-9 .,:;_/~^!*+=()<>'#@%&{}[\]|-]/g, (character) => {
    const code = character.charCodeAt(0);
    if (code > 0x7e || code < 0x20) throw new RangeError('a console script is ASCII');
    return `\\${code.toString(16).toUpperCase().padStart(2, '0')}`;
  });
  return `"${escaped}"`;
}

/** So that a line with its block's indent fits a terminal. */
const LONGEST = 130;

/** A block under a condition, or under several at once; one command a line, so that no line grows long. */
export function when(
  conditions: string | readonly string[],
  body: readonly string[],
  otherwise: readonly string[] = [],
): readonly string[] {
  const condition = typeof conditions === 'string' ? conditions : conditions.map((one) => `(${one})`).join(' and ');
  const [first, ...rest] = typeof conditions === 'string' ? [conditions] : conditions;
  // Too many for one line: one within the other.
  if (first !== undefined && rest.length > 0 && otherwise.length === 0 && condition.length > LONGEST)
    return when(first, when(rest, body));
  const end = otherwise.length === 0 ? ['}'] : ['} else={', ...indented(otherwise), '}'];
  return [`:if (${condition}) do={`, ...indented(body), ...end];
}

/** True on the router when a menu has no row that fits. */
export function none(menu: string, where: string): string {
  return `[:len [${menu} find where ${where}]] = 0`;
}

/** True on the router when it has one. */
export function some(menu: string, where: string): string {
  return `[:len [${menu} find where ${where}]] > 0`;
}

/** Says something to whoever runs the script. */
export function tell(text: string): string {
  return `:put ${quoted(`wisp-edge: ${text}`)}`;
}

export function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}

/** `/ip service` rows that are the service itself: since 7.19 open connections are rows of the same name beside it. */
export function apiSsl(routeros: 6 | 7): string {
  // RouterOS 6 has no dynamic rows there, and may not know the word.
  return routeros === 7 ? 'name="api-ssl" !dynamic' : 'name="api-ssl"';
}
