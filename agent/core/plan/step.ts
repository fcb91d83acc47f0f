import type { Menu, RowId } from '../row.ts';
import { ownMark, printKey, type RowKey } from '../ownership.ts';

/** Restores go before cuts, cuts before notices, notices before everything that nobody waits for. */
export type Lane = 'restore' | 'cut' | 'notice' | 'bulk';

/** Where a row is to stand: before a row that is there, or before one that an earlier step of the plan makes. */
export type Anchor =
  | { readonly by: 'id'; readonly id: RowId }
  | { readonly by: 'key'; readonly menu: Menu; readonly key: RowKey }
  | { readonly by: 'end' };

interface StepBase {
  readonly menu: Menu;
  readonly key: RowKey;
  readonly lane: Lane;
  /** The subscriber it is for; a step for one who is no longer wanted that way is skipped. */
  readonly subscriber: string | null;
  /**
   * The row is not ours, of a router that was handed over, or a network that the configuration names: what it was before,
   * as far as this step changes it (I3).
   */
  readonly foreign?: { readonly was: Readonly<Record<string, string>> };
}

/** One write to the router. Readonly, tagged, and able to print itself as the command an engineer would type. */
export type Step =
  | (StepBase & {
      readonly kind: 'add';
      readonly values: Readonly<Record<string, string>>;
      readonly before: Anchor | null;
    })
  | (StepBase & { readonly kind: 'set'; readonly id: RowId; readonly values: Readonly<Record<string, string>> })
  | (StepBase & { readonly kind: 'move'; readonly id: RowId; readonly before: Anchor })
  | (StepBase & { readonly kind: 'remove'; readonly id: RowId })
  | (StepBase & { readonly kind: 'settings'; readonly values: Readonly<Record<string, string>> })
  | (StepBase & {
      readonly kind: 'drop-connections';
      readonly addresses: readonly string[];
      /** Whose they are: none of them is done before this step. */
      readonly subscribers: readonly string[];
      /** Only those that end at this port of the router (its web proxy); null for all. */
      readonly intoPort: number | null;
    });

/** What a report says the row has been. */
export const STEP_ACTION = {
  add: 'created',
  set: 'updated',
  move: 'moved',
  remove: 'removed',
  settings: 'updated',
  'drop-connections': 'removed',
} as const satisfies Record<Step['kind'], string>;

/** Attributes of an `add`, comment included where the menu has one; a row that is given back has its own. */
export function addAttributes(step: Extract<Step, { kind: 'add' }>): Readonly<Record<string, string>> {
  return step.foreign === undefined ? { ...step.values, ...ownMark(step.menu, step.key) } : step.values;
}

/** The step as RouterOS console text. `mask` is applied to URLs: plans are read by people who must not see tokens (I9). */
export function printStep(step: Step, mask: (url: string) => string): string {
  const menu = step.menu.slice(1).replaceAll('/', ' ');
  const words = (values: Readonly<Record<string, string>>): string =>
    Object.entries(values)
      .map(([name, value]) => `${name}=${quote(isUrl(name) ? mask(value) : typed(name, value))}`)
      .join(' ');
  switch (step.kind) {
    case 'add':
      return `/${menu} add ${words(addAttributes(step))}${placeBefore(step.before)}`;
    case 'set':
      return `/${menu} set ${step.id} ${words(step.values)}`;
    case 'move':
      return `/${menu} move ${step.id}${step.before.by === 'end' ? '' : ` destination=${printAnchor(step.before)}`}`;
    case 'remove':
      return `/${menu} remove ${step.id}`;
    case 'settings':
      return `/${menu} set ${words(step.values)}`;
    case 'drop-connections':
      return CONNECTION_MENUS.flatMap(([family, path]) => {
        const mine = step.addresses.filter((address) => (address.includes(':') ? 6 : 4) === family);
        return mine.length === 0 ? [] : [`${path} remove [find where ${connectionsOf(mine, step.intoPort)}]`];
      }).join('; ');
  }
}

const CONNECTION_MENUS = [
  [4, '/ip firewall connection'],
  [6, '/ipv6 firewall connection'],
] as const;

function connectionsOf(addresses: readonly string[], intoPort: number | null): string {
  const any = addresses.map(connectionOf).join(' or ');
  return intoPort === null ? any : `(${any}) and reply-src-address~":${intoPort}\\$"`;
}

/** Connections print `address:port` in some versions, `[address]:port` of IPv6, and the address alone in others. */
function connectionOf(address: string): string {
  if (address.includes('/')) return `src-address in ${address}`;
  return address.includes(':')
    ? `src-address~"^\\\\[\\?${address}(\\\\]|\\$)"`
    : `src-address~"^${address.replaceAll('.', '\\\\.')}(:|\\$)"`;
}

/** The API prints true and false where the console, and our own commands, have yes and no. */
function typed(name: string, value: string): string {
  if (name === 'comment' || name === 'list') return value;
  return value === 'true' ? 'yes' : value === 'false' ? 'no' : value;
}

function isUrl(name: string): boolean {
  return name === 'action-data' || name === 'redirect-to';
}

function placeBefore(anchor: Anchor | null): string {
  return anchor === null || anchor.by === 'end' ? '' : ` place-before=${printAnchor(anchor)}`;
}

function printAnchor(anchor: Exclude<Anchor, { by: 'end' }>): string {
  return anchor.by === 'id' ? anchor.id : `[find comment="wisp-edge:${printKey(anchor.key)}"]`;
}

/** A console value: quoted where a bare word would be read as something else. */
function quote(value: string): string {
  if (/^[A-Za-z0-9._:/!,*-]+$/.test(value)) return value;
  return `"${value.replace(/["\\$?]/g, (char) => `\\${char}`)}"`;
}
