import { canonicalAddress } from '../canonical.ts';
import { phoneOptionRows, phoneOptionSet } from '../desired/phone-options.ts';
import type { DesiredRow } from '../desired/rows.ts';
import { textOfRouteros } from '../dhcp-option-value.ts';
import { rowsOf, type ObservedRouter } from '../observed.ts';
import { ownerIn, PHONE_OPTIONS_SET, phoneOptionKey } from '../ownership.ts';
import { isTrue, type Row } from '../row.ts';
import { isSame } from '../same.ts';
import type { PhoneDhcp } from '../settings.ts';
import { idOf } from './diff-order.ts';
import type { Step } from './step.ts';

const OPTION = '/ip/dhcp-server/option';
const SETS = '/ip/dhcp-server/option/sets';
const NETWORK = '/ip/dhcp-server/network';
const BASE = { lane: 'bulk', subscriber: null } as const;

/** A network that is named, and has options of somebody else. */
export interface TakenNetwork {
  readonly network: string;
  readonly row: Row;
}

/** The DHCP server's options compared with what phones are to be told. */
export interface PhoneOptionsDiff {
  /** In the order in which every prefix is harmless: each leans on those before it. */
  readonly steps: readonly Step[];
  readonly taken: readonly TakenNetwork[];
  /** Networks that are named and have no row that could be changed. */
  readonly absent: readonly string[];
}

/**
 * Options, then the set that holds them, then the networks that name the set; off in reverse, for RouterOS lets a row go
 * that others name, and leaves its bare id with them. A network is a person's row: of it one word is written, where it is
 * named and has nothing, and taken back to nothing, which is what it had (I3). `wanted` null takes all of ours off.
 */
export function diffPhoneOptions(observed: Pick<ObservedRouter, 'tables'>, wanted: PhoneDhcp | null): PhoneOptionsDiff {
  const options = rowsOf(observed, OPTION).filter((row) => ownerIn(OPTION, row) !== null);
  const sets = rowsOf(observed, SETS);
  const ownSets = sets.filter((row) => ownerIn(SETS, row) !== null);
  const otherSets = sets.filter((row) => ownerIn(SETS, row) === null);
  const networks = rowsOf(observed, NETWORK).filter((row) => !isTrue(row.get('dynamic')));
  const named = new Map((wanted?.networks ?? []).map((network) => [canonicalAddress(network), network]));
  const nameOf = (row: Row): string | undefined => named.get(canonicalAddress(row.get('address') ?? ''));
  const rows = wanted === null ? [] : phoneOptionRows(wanted);
  const names = new Set(rows.map(({ values }) => values['name'] ?? ''));
  const led = networks.filter((row) => nameOf(row) !== undefined);
  const present = new Set(led.map(nameOf));
  return {
    steps: [
      ...rows.flatMap((row) => written(row, options, isSameOption)),
      ...(wanted === null ? [] : written(phoneOptionSet(wanted), ownSets, isSameSet)),
      ...led.filter(isFree).map((row) => lent(row, 'dhcp-option-set', PHONE_OPTIONS_SET)),
      ...networks
        .filter((row) => row.get('dhcp-option-set') === PHONE_OPTIONS_SET && nameOf(row) === undefined)
        .map((row) => lent(row, 'dhcp-option-set', NONE)),
      ...networks.flatMap((row) => withoutOurs(row, NETWORK, 'dhcp-option', names)),
      ...otherSets.flatMap((row) => withoutOurs(row, SETS, 'options', names)),
      ...(wanted === null ? ownSets : []).map((row) => removal(row, SETS)),
      ...options.filter((row) => !names.has(row.get('name') ?? '')).map((row) => removal(row, OPTION)),
    ],
    taken: led
      .filter((row) => !isFree(row) && !isTold(row, otherSets, names))
      .map((row) => ({ network: nameOf(row) ?? '', row })),
    absent: [...named.values()].filter((network) => !present.has(network)),
  };
}

/** How RouterOS is told that a network has no set; it prints that, or nothing. */
const NONE = 'none';

function isFree(row: Row): boolean {
  return ['', NONE].includes(row.get('dhcp-option-set') ?? '') && (row.get('dhcp-option') ?? '') === '';
}

/** By us, or by a person who put all of our options among his own. */
function isTold(row: Row, otherSets: readonly Row[], names: ReadonlySet<string>): boolean {
  const set = row.get('dhcp-option-set');
  if (set === PHONE_OPTIONS_SET) return true;
  const theirs = otherSets.find((one) => one.get('name') === set);
  const given = new Set([...listOf(row.get('dhcp-option')), ...listOf(theirs?.get('options'))]);
  return [...names].every((name) => given.has(name));
}

/** The row as it is wanted: made, or set where it differs. Names are unique on a router. */
function written(
  { menu, key, values }: DesiredRow,
  rows: readonly Row[],
  isAsWanted: (row: Row, values: DesiredRow['values']) => boolean,
): readonly Step[] {
  const row = rows.find((one) => one.get('name') === values['name']);
  if (row === undefined) return [{ ...BASE, kind: 'add', menu, key, values, before: null }];
  if (isAsWanted(row, values)) return [];
  const changed = Object.fromEntries(Object.entries(values).filter(([name, value]) => row.get(name) !== value));
  return [{ ...BASE, kind: 'set', menu, key, id: idOf(row), values: changed }];
}

function isSameOption(row: Row, values: DesiredRow['values']): boolean {
  const text = textOfRouteros(row.get('value') ?? '');
  return row.get('code') === values['code'] && text !== null && text === textOfRouteros(values['value'] ?? '');
}

function isSameSet(row: Row, values: DesiredRow['values']): boolean {
  return isSame(new Set(listOf(row.get('options'))), new Set(listOf(values['options'])));
}

/** What is changed of a network that is a person's, with what it was (I3). */
function lent(row: Row, property: 'dhcp-option-set', value: string): Step {
  const was = row.get(property) ?? '';
  return {
    ...BASE,
    kind: 'set',
    menu: NETWORK,
    key: { kind: 'phones', key: row.get('address') ?? '' },
    id: idOf(row),
    values: { [property]: value },
    foreign: { was: { [property]: was === '' ? NONE : was } },
  };
}

/** A person's list that holds options of ours which are to go: they leave it first, and nothing else does. */
function withoutOurs(
  row: Row,
  menu: typeof NETWORK | typeof SETS,
  property: 'dhcp-option' | 'options',
  stay: ReadonlySet<string>,
): readonly Step[] {
  const was = row.get(property) ?? '';
  const left = listOf(was).filter((name) => phoneOptionKey(name) === null || stay.has(name));
  if (left.length === listOf(was).length) return [];
  const key = { kind: 'phones', key: row.get('address') ?? row.get('name') ?? '' } as const;
  const values = { [property]: left.join(',') };
  return [{ ...BASE, kind: 'set', menu, key, id: idOf(row), values, foreign: { was: { [property]: was } } }];
}

function removal(row: Row, menu: typeof OPTION | typeof SETS): Step {
  const key = ownerIn(menu, row) ?? { kind: 'phones', key: row.get('name') ?? '' };
  return { ...BASE, kind: 'remove', menu, key, id: idOf(row) };
}

function listOf(text: string | undefined): readonly string[] {
  return (text ?? '').split(',').filter((name) => name !== '');
}
