/** Addresses as RouterOS reads and prints them: single, prefix, range; IPv4 and IPv6. The lab's own parser. */
export interface IpRange {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

const bitsOf = (family: 4 | 6): number => (family === 4 ? 32 : 128);

/** One address (`192.0.2.1`, `2001:db8::1`) as a number, or null. */
export function parseIp(text: string): { family: 4 | 6; value: bigint } | null {
  const v4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (v4 !== null) {
    const bytes = v4.slice(1).map(Number);
    if (bytes.some((byte) => byte > 255)) return null;
    return { family: 4, value: bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n) };
  }
  if (!text.includes(':') || !/^[0-9A-Fa-f:.]+$/.test(text)) return null;
  const groups = expandGroups(text);
  return groups === null ? null : { family: 6, value: groups.reduce((sum, group) => sum * 65536n + BigInt(group), 0n) };
}

function expandGroups(text: string): number[] | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head, tail] = [readGroups(halves[0] ?? ''), readGroups(halves[1] ?? '')];
  if (head === null || tail === null) return null;
  if (halves.length === 1) return head.length === 8 ? head : null;
  const gap = 8 - head.length - tail.length;
  return gap < 1 ? null : [...head, ...Array<number>(gap).fill(0), ...tail];
}

function readGroups(text: string): number[] | null {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [at, part] of parts.entries()) {
    if (part.includes('.') && at === parts.length - 1) {
      const v4 = parseIp(part);
      if (v4 === null) return null;
      groups.push(Number(v4.value >> 16n), Number(v4.value & 0xffffn));
    } else if (/^[0-9A-Fa-f]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else return null;
  }
  return groups;
}

/** `address`, `address/len` or `first-last` (host bits are cleared), or null. */
export function parseRange(text: string): IpRange | null {
  const [from = '', to] = text.split('-', 2);
  if (to !== undefined) {
    const [first, last] = [parseIp(from), parseIp(to)];
    if (first === null || last === null || first.family !== last.family || first.value > last.value) return null;
    return { family: first.family, first: first.value, last: last.value };
  }
  const [host = '', length] = text.split('/', 2);
  const ip = parseIp(host);
  if (ip === null) return null;
  if (length === undefined) return { family: ip.family, first: ip.value, last: ip.value };
  const bits = bitsOf(ip.family);
  if (!/^\d{1,3}$/.test(length) || Number(length) > bits) return null;
  const rest = (1n << BigInt(bits - Number(length))) - 1n;
  return { family: ip.family, first: ip.value & ~rest, last: ip.value | rest };
}

/** Prints a range as RouterOS does: a range that is a prefix becomes one, a single IPv6 address gets /128. */
export function printRange(range: IpRange): string {
  const length = prefixLength(range);
  const first = printIp(range.family, range.first);
  if (length === null) return `${first}-${printIp(range.family, range.last)}`;
  return length === 32 && range.family === 4 ? first : `${first}/${length}`;
}

function prefixLength({ family, first, last }: IpRange): number | null {
  const size = last - first + 1n;
  if ((size & (size - 1n)) !== 0n || (first & (size - 1n)) !== 0n) return null;
  return bitsOf(family) - (size.toString(2).length - 1);
}

/** Prints one address; IPv6 after RFC 5952. */
export function printIp(family: 4 | 6, value: bigint): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => ((value >> shift) & 255n).toString()).join('.');
  const groups = Array.from({ length: 8 }, (_, at) => ((value >> BigInt(112 - at * 16)) & 0xffffn).toString(16));
  let best = { at: 0, length: 1 };
  for (let at = 0; at < 8; at += 1) {
    let length = 0;
    while (groups[at + length] === '0') length += 1;
    if (length > best.length) best = { at, length };
  }
  if (best.length < 2) return groups.join(':');
  return `${groups.slice(0, best.at).join(':')}::${groups.slice(best.at + best.length).join(':')}`;
}

/** True when the address lies in the range. */
export function isWithin(range: IpRange, ip: { family: 4 | 6; value: bigint }): boolean {
  return range.family === ip.family && range.first <= ip.value && ip.value <= range.last;
}
