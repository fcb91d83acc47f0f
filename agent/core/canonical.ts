import { parseAddress } from '../../schemas/address.ts';

/**
 * How RouterOS writes values back differs from how they are given: `yes` comes back as `true`, a host as /32, `1m` as
 * `60s`. Two values are equal when their canonical forms are.
 */
export function canonicalValue(property: string, value: string): string {
  switch (property) {
    case 'address':
    case 'src-address':
    case 'dst-address':
    case 'to-addresses':
    case 'forward-to':
      return canonicalAddress(value);
    case 'disabled':
    case 'enabled':
    case 'cache-on-disk':
    case 'match-subdomain':
      return value === 'true' || value === 'yes' ? 'yes' : 'no';
    case 'dst-port':
    case 'local-port':
    case 'port':
    case 'to-ports':
      return canonicalPorts(value);
    case 'dst-limit':
      return canonicalDstLimit(value);
    case 'address-list-timeout':
    case 'timeout':
      return String(parseDuration(value) ?? value);
    default:
      return value;
  }
}

export function sameValue(property: string, a: string, b: string): boolean {
  return a === b || canonicalValue(property, a) === canonicalValue(property, b);
}

/** A plain IPv4 address, by far the most common: it is its own canonical form. */
const PLAIN_IPV4 = /^(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/;

/** An address, prefix or range in one spelling; text that is none of them (a host name) stays as it is. */
export function canonicalAddress(text: string): string {
  if (PLAIN_IPV4.test(text)) return text;
  const negated = text.startsWith('!');
  const bare = negated ? text.slice(1) : text;
  const range = bare.split('-');
  const ends = range.length === 2 ? range.map((end) => parseAddress(end)?.text) : [parseAddress(bare)?.text];
  const printed = ends.every((end) => end !== undefined) ? ends.join('-') : bare.toLowerCase();
  return negated ? `!${printed}` : printed;
}

/** Ports sorted, without blanks or doubles; ranges stay ranges. */
export function canonicalPorts(text: string): string {
  const ports = text.split(/[\s,]+/).filter((port) => port !== '');
  return [...new Set(ports)].sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10)).join(',');
}

/** Seconds of a RouterOS time (`1w2d3h4m5s`, `00:01:00`, bare seconds), or null. */
export function parseDuration(text: string): number | null {
  if (/^\d+$/.test(text)) return Number(text);
  const clock = /^(?:(\d+)d)?(\d+):(\d\d):(\d\d)$/.exec(text);
  if (clock !== null) {
    const [days = 0, hours = 0, minutes = 0, seconds = 0] = clock.slice(1).map((part) => Number(part || 0));
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
  }
  const parts = /^(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text);
  if (parts === null || text === '') return null;
  const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = parts.slice(1).map((part) => Number(part || 0));
  return (((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds;
}

/** `count[/time],burst,mode[/expire]` with the time in seconds and the defaults (1 s, 1 min) written out. */
function canonicalDstLimit(text: string): string {
  const [rate = '', burst = '', by = ''] = text.split(',');
  const [count = '', per = '1s'] = rate.split('/');
  const [mode = '', expire = '1m'] = by.split('/');
  return `${count}/${parseDuration(per) ?? per},${burst},${mode}/${parseDuration(expire) ?? expire}`;
}
