import type { Finding } from '../../schemas/finding.ts';
import type { DecisionInput } from './decision.ts';
import { finding } from './findings/table.ts';
import { ownerIn, phoneOptionName } from './ownership.ts';
import { diffPhoneOptions, type TakenNetwork } from './plan/diff-phone-options.ts';
import type { Step } from './plan/step.ts';
import type { Menu, Row } from './row.ts';
import { rowsOf, type ObservedRouter } from './observed.ts';
import type { PhoneDhcp } from './settings.ts';

/** Read where phones are to be told something, and where something of ours was left. */
export const PHONE_DHCP_MENUS = [
  '/ip/dhcp-server/option',
  '/ip/dhcp-server/option/sets',
  '/ip/dhcp-server/network',
] as const satisfies readonly Menu[];

/** Something of ours is there, in what was read. */
export function hasPhoneOptions(observed: Pick<ObservedRouter, 'tables'>): boolean {
  return PHONE_DHCP_MENUS.some((menu) =>
    rowsOf(observed, menu).some((row) => menu !== '/ip/dhcp-server/network' && ownerIn(menu, row) !== null),
  );
}

/** What is to be written to the DHCP server, and what a person should know. */
export function planPhoneDhcp({
  observed,
  settings,
  phoneDhcpRefusal = null,
}: Pick<DecisionInput, 'observed' | 'settings' | 'phoneDhcpRefusal'>): {
  readonly steps: readonly Step[];
  readonly findings: readonly Finding[];
} {
  const { phoneDhcp: wanted = null, router } = settings;
  const missing = PHONE_DHCP_MENUS.find((menu) => observed.missing.has(menu));
  if (missing !== undefined)
    return {
      steps: [],
      findings: wanted === null ? [] : [finding('phone-dhcp-unavailable', { router, menu: missing })],
    };
  const { steps, taken, absent } = diffPhoneOptions(observed, wanted);
  // What stands of ours stays until it is tried again.
  if (phoneDhcpRefusal !== null)
    return { steps: [], findings: [finding('phone-dhcp-refused', { router, why: phoneDhcpRefusal })] };
  if (wanted === null) return { steps, findings: [] };
  const sets = rowsOf(observed, '/ip/dhcp-server/option/sets');
  return {
    steps,
    findings: [
      ...absent.map((network) => finding('phone-dhcp-no-network', { router, network })),
      ...taken.map((one) => finding('phone-dhcp-taken', takenBy(one, wanted, sets))),
    ],
  };
}

/** What stands in the way at a network, and the command that puts our options beside it. */
function takenBy(
  { network, row }: TakenNetwork,
  { options, url }: PhoneDhcp,
  sets: readonly Row[],
): { network: string; id: string; has: string; beside: string | null; url: string } {
  const id = row.get('.id') ?? '';
  const ours = options.map(phoneOptionName).join(',');
  const set = row.get('dhcp-option-set') ?? '';
  const base = { network, id, url };
  if (['', 'none'].includes(set)) {
    const list = row.get('dhcp-option') ?? '';
    const beside = `/ip dhcp-server network set ${id} dhcp-option=${list},${ours}`;
    return { ...base, has: `dhcp-option=${list}`, beside };
  }
  // Of a set that somebody removed the network has the id still: there is nothing to put ours into.
  const theirs = sets.find((one) => one.get('name') === set);
  const beside =
    theirs === undefined
      ? null
      : `/ip dhcp-server option sets set ${theirs.get('.id') ?? ''} options=${[theirs.get('options') ?? '', ours].filter((part) => part !== '').join(',')}`;
  return { ...base, has: `dhcp-option-set=${set}`, beside };
}
