import type { PhoneDialect } from '../schemas/phone-formats/dialect.ts';
import { lineRoom } from '../schemas/phone-formats/line-room.ts';
import { formatRefusal } from '../schemas/phone-formats/refusal.ts';
import type { FormatField } from '../schemas/phone-formats/rule.ts';
import type { Phone } from '../schemas/phone.ts';
import type { ToldSlot } from '../schemas/told-slot.ts';
import type { ServedLine, ServedPhone } from '../store/phone-ports.ts';
import { assignSlots } from './core/line-slots.ts';
import { EXPIRES_SECONDS } from './core/phone-pace.ts';
import type { Registrar } from './core/registrar.ts';
import type { LineSlot, PhoneLine, VendorFormat } from './core/vendors/model.ts';
import { formatOf } from './core/vendors/table.ts';

/** Why a line is not served as it is wanted. `line` counts from 1; null: the whole phone. Free of secrets. */
export interface PhoneProblem {
  readonly line: number | null;
  readonly extension: string | null;
  readonly what:
    'no-key' | 'registrar-unknown' | 'value-not-carried' | 'line-too-many' | 'vendor-not-served' | 'lines-withheld';
  readonly detail: string;
}

/** What a phone would be told, and what stands in the way of the rest. */
export interface PhoneLines {
  /** As many as its format has names for. */
  readonly slots: readonly LineSlot[];
  /** Extensions whose lines are left as they are on the phone. */
  readonly leftAlone: ReadonlySet<string>;
  /** The file with the lines is not served at all: one is to be left as it is, and this phone forgets what is left out. */
  readonly isWithheld: boolean;
  readonly problems: readonly PhoneProblem[];
}

/**
 * The lines of a phone as its file will hold them, each in the slot that it was told before. A line without a key has its
 * slot cleared: nothing was ever given for it. A line that only our configuration or its format stops is left as it is on
 * the phone (I11): nothing is said of it, or, to a phone that forgets what is left out, nothing of any line. Nor is anything
 * said of slots that were never ours.
 */
export function linesOf(
  served: ServedPhone,
  { registrars }: { readonly registrars: readonly Registrar[] },
): PhoneLines {
  const format = formatOf(served.phone);
  if (format === null)
    return { slots: [], leftAlone: new Set(), isWithheld: false, problems: [notServed(served.phone)] };
  const told = slotsOf(served, format);
  const placed = new Set(told.map(({ extension }) => extension));
  const each = served.lines.map((line, at) => judge(line, at + 1, placed.has(line.number), format, registrars));
  const alike = format.hasOneTransport === true ? ofOneTransport(each, served, format) : each;
  const judged = joinable(alike, served, format);
  const judgedOf = new Map(served.lines.map(({ number }, at) => [number, judged[at]?.slot ?? null]));
  const rows = new Map(told.map((one) => [one.slot, one]));
  const slots = Array.from({ length: format.lines }, (_, at): LineSlot => {
    const row = rows.get(at + 1);
    return row === undefined ? { kind: 'keep' } : slotOf(row, judgedOf.get(row.extension ?? '') ?? null, format);
  });
  const leftAlone = new Set([...judgedOf].flatMap(([number, slot]) => (slot?.kind === 'keep' ? [number] : [])));
  const isWithheld = format.forgetsLeftOut === true && leftAlone.size > 0;
  const problems = judged.flatMap(({ problem }) => problem ?? []);
  return { slots, leftAlone, isWithheld, problems: isWithheld ? [withheld(format), ...problems] : problems };
}

/** Which slot each line of a phone has from now on: pure, and as it was once that is recorded. Empty for one not served. */
export function toldSlotsOf(served: ServedPhone): readonly ToldSlot[] {
  const format = formatOf(served.phone);
  return format === null ? served.slots : slotsOf(served, format);
}

function slotsOf({ phone, lines, slots }: ServedPhone, format: VendorFormat): readonly ToldSlot[] {
  const usual = lineRoom(phone)?.model ?? format.lines;
  const room = { most: format.lines, usual, hasHandsets: format.hasHandsets === true };
  return assignSlots(
    slots,
    lines.map(({ number }) => number),
    room,
  );
}

/** `wanted` is what its extension's line comes to; null: it is nobody's. */
function slotOf({ former }: ToldSlot, wanted: LineSlot | null, format: VendorFormat): LineSlot {
  switch (wanted?.kind) {
    case 'line':
      return former === null ? wanted : { ...wanted, takesOff: true };
    case 'keep':
      // Who left is to go all the same.
      return former === null ? wanted : { kind: 'clear' };
    case 'clear':
    case undefined:
      return former === null && format.hasHandsets === true ? { kind: 'keep' } : { kind: 'clear' };
  }
}

interface Judged {
  /** Null: the format has no place for it. */
  readonly slot: LineSlot | null;
  readonly problem: PhoneProblem | null;
}

function judge(
  served: ServedLine,
  line: number,
  isPlaced: boolean,
  format: VendorFormat,
  registrars: readonly Registrar[],
): Judged {
  const { number, extension, key } = served;
  const because = (what: PhoneProblem['what'], detail: string): PhoneProblem => ({
    line,
    extension: number,
    what,
    detail,
  });
  if (!isPlaced)
    return { slot: null, problem: because('line-too-many', `${format.dialect}: at most ${format.lines} lines`) };
  if (key === null) return { slot: { kind: 'clear' }, problem: because('no-key', 'no SIP key was set yet') };
  const registrar = registrars.find(({ id }) => id === extension.registrar);
  if (registrar === undefined) {
    const detail = `registrar ${extension.registrar} is not in the configuration`;
    return { slot: { kind: 'keep' }, problem: because('registrar-unknown', detail) };
  }
  const { domain, domainPort: port, transport } = registrar;
  const { displayName, authUser = number } = extension;
  const wanted = { number, authUser, displayName, key, domain, port, transport, expiresSeconds: EXPIRES_SECONDS };
  const refusal = refusalOf(format.dialect, wanted);
  return refusal === null
    ? { slot: { kind: 'line', line: wanted }, problem: null }
    : { slot: { kind: 'keep' }, problem: because('value-not-carried', refusal) };
}

/**
 * The first line's transport would be the phone's: a line of another one is left as it is, and since the setting is not of
 * any line, so are all of them.
 */
function ofOneTransport(judged: readonly Judged[], { lines }: ServedPhone, format: VendorFormat): readonly Judged[] {
  const transports = judged.map(({ slot }) => (slot?.kind === 'line' ? slot.line.transport : null));
  const first = transports.find((transport) => transport !== null);
  return judged.map((one, at) => {
    const transport = transports[at] ?? null;
    if (transport === null || transport === first) return one;
    const detail = `${format.dialect}: all lines of a phone have one transport, and its first has ${first}`;
    const problem = { line: at + 1, extension: lines[at]?.number ?? null, what: 'value-not-carried', detail } as const;
    return { slot: { kind: 'keep' }, problem };
  });
}

/** Two handsets that join with one code cannot be told apart: the later line is left as it is. */
function joinable(judged: readonly Judged[], { lines }: ServedPhone, format: VendorFormat): readonly Judged[] {
  const taken = new Map<string, string>();
  return judged.map((one, at) => {
    if (one.slot?.kind !== 'line') return one;
    const { number } = one.slot.line;
    const code = format.joinCodeOf?.(number) ?? null;
    const earlier = code === null ? undefined : taken.get(code);
    if (code !== null && earlier === undefined) taken.set(code, number);
    if (earlier === undefined || earlier === number) return one;
    const detail = `${format.dialect}: its handset would join with ${code}, as that of ${earlier} does`;
    const problem = { line: at + 1, extension: lines[at]?.number ?? null, what: 'value-not-carried', detail } as const;
    return { slot: { kind: 'keep' }, problem };
  });
}

function refusalOf(dialect: PhoneDialect, line: PhoneLine): string | null {
  const values: readonly (readonly [FormatField, string])[] = [
    ['number', line.number],
    ['displayName', line.displayName],
    ['authUser', line.authUser],
    ['sipKey', line.key.reveal()],
    ['domain', line.domain],
    ['transport', line.transport],
  ];
  for (const [field, value] of values) {
    const refusal = formatRefusal(dialect, field, value);
    if (refusal !== null) return refusal;
  }
  return null;
}

function withheld({ dialect }: VendorFormat): PhoneProblem {
  const detail = `${dialect}: what a file leaves out is lost on the phone, so it keeps the lines that it fetched last`;
  return { line: null, extension: null, what: 'lines-withheld', detail };
}

function notServed({ vendor, model = '' }: Phone): PhoneProblem {
  return { line: null, extension: null, what: 'vendor-not-served', detail: `${vendor} ${model} is not served` };
}
