import type { ListNames } from '../../schemas/config/agent.ts';
import { contains, overlaps, parseAddress, type Address } from '../../schemas/address.ts';
import { canonicalPorts } from './canonical.ts';
import { RULE_MATCHERS } from './menus.ts';
import { isTrue, type Row } from './row.ts';
import type { Backend } from './settings.ts';

/** What a rule says of a packet of which not everything is known. */
type Answer = 'yes' | 'no' | 'maybe';

/** A subscriber's packet on its way to our listener, after destination NAT. */
export interface ListenerPath {
  readonly server: Extract<Backend, { kind: 'notice-server' }>;
  readonly lists: Pick<ListNames, 'cutoff' | 'notice'>;
  /** The subscribers who have a page now. */
  readonly subscribers: readonly Address[];
}

const REWRITING = new Set(['masquerade', 'src-nat', 'netmap', 'same']);
const LEAVING = new Set(['accept', 'return']);

/**
 * The first rule that surely rewrites the source of subscribers on their way to the listener, or null. The listener knows
 * a subscriber by that source. What depends on interfaces, other lists or marks is doubt, and doubt is not reported here:
 * the listener itself sees a router's own address come in (design §3).
 */
export function sourceNatOnPath(rules: readonly Row[], path: ListenerPath): Row | null {
  for (const rule of rules) {
    if (rule.get('chain') !== 'srcnat' || isTrue(rule.get('disabled')) || isTrue(rule.get('invalid'))) continue;
    const answer = matches(rule, path);
    if (answer === 'no') continue;
    const action = rule.get('action') ?? 'accept';
    if (REWRITING.has(action) && answer === 'yes') return rule;
    // What comes after a rule that may end the walk, or may lead it elsewhere, is no longer sure.
    if (LEAVING.has(action) || REWRITING.has(action) || action === 'jump') return null;
  }
  return null;
}

function matches(rule: Row, path: ListenerPath): Answer {
  const answers = RULE_MATCHERS.map((name): Answer => {
    const value = rule.get(name);
    if (value === undefined || value === '') return 'yes';
    const isNegated = value.startsWith('!');
    const answer = matcherAnswer(name, isNegated ? value.slice(1) : value, path);
    if (!isNegated || answer === 'maybe') return answer;
    return answer === 'yes' ? 'no' : 'yes';
  });
  if (answers.includes('no')) return 'no';
  return answers.includes('maybe') ? 'maybe' : 'yes';
}

function matcherAnswer(name: string, value: string, { server, lists, subscribers }: ListenerPath): Answer {
  switch (name) {
    case 'protocol':
      return value === 'tcp' || value === '6' ? 'yes' : 'no';
    case 'dst-address': {
      const range = parseAddress(value);
      const place = parseAddress(server.address);
      if (range === null || place === null) return 'maybe';
      return contains(range, place) ? 'yes' : 'no';
    }
    case 'dst-port':
      return portAnswer(value, server.port);
    case 'src-address': {
      const range = parseAddress(value);
      if (range === null || subscribers.length === 0) return 'maybe';
      if (subscribers.every((one) => contains(range, one))) return 'yes';
      return subscribers.some((one) => overlaps(range, one)) ? 'maybe' : 'no';
    }
    case 'src-address-list':
      return value === lists.cutoff || value === lists.notice ? 'yes' : 'maybe';
    case 'connection-nat-state':
      return value.split(',').includes('dstnat') ? 'yes' : 'maybe';
    case 'ipsec-policy':
      return value === 'out,none' ? 'yes' : 'maybe';
    default:
      return 'maybe';
  }
}

function portAnswer(value: string, port: number): Answer {
  const isNamed = canonicalPorts(value)
    .split(',')
    .some((part) => {
      const [first = '', last = first] = part.split('-');
      return Number(first) <= port && port <= Number(last);
    });
  return isNamed ? 'yes' : 'no';
}
