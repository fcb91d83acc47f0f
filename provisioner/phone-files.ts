import { AppError } from '../schemas/app-error.ts';
import type { PhoneDialect } from '../schemas/phone-formats/dialect.ts';
import { formatRefusal } from '../schemas/phone-formats/refusal.ts';
import type { FormatField } from '../schemas/phone-formats/rule.ts';
import type { Phone } from '../schemas/phone.ts';
import { Secret } from '../schemas/secret.ts';
import type { ServedLine, ServedPhone, ServedToken } from '../store/phone-ports.ts';
import { EXPIRES_SECONDS, POLL_MINUTES } from './core/phone-pace.ts';
import type { Registrar } from './core/registrar.ts';
import type { LineSlot, PhoneFile, PhoneHome, PhoneLine, VendorFormat } from './core/vendors/model.ts';
import { formatOf } from './core/vendors/table.ts';

/** Where phones reach us and whom they register with. */
export interface PhoneSite {
  /** Without or with its last slash. */
  readonly publicUrl: string;
  readonly registrars: readonly Registrar[];
}

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
  readonly slots: readonly LineSlot[];
  /** The file with the lines is not served at all: one is to be left as it is, and this phone forgets what is left out. */
  readonly isWithheld: boolean;
  readonly problems: readonly PhoneProblem[];
}

/**
 * The lines of a phone as its file will hold them. A line without a key is cleared: nothing was ever given for it, and the
 * line key may still hold another extension's. A line that only our configuration or its format stops is left as it is on
 * the phone (I11): nothing is said of it, or, to a phone that forgets what is left out, nothing of any line.
 */
export function linesOf(served: ServedPhone, { registrars }: PhoneSite): PhoneLines {
  const format = formatOf(served.phone);
  if (format === null) return { slots: [], isWithheld: false, problems: [notServed(served.phone)] };
  const each = served.lines.map((line, at) => judge(line, at + 1, format, registrars));
  const alike = format.hasOneTransport === true ? ofOneTransport(each, served, format) : each;
  const judged = joinable(alike, served, format);
  const slots = judged.flatMap(({ slot }) => slot ?? []);
  const isWithheld = format.forgetsLeftOut === true && slots.some(({ kind }) => kind === 'keep');
  const problems = judged.flatMap(({ problem }) => problem ?? []);
  return { slots, isWithheld, problems: isWithheld ? [withheld(format), ...problems] : problems };
}

/** `{publicUrl}/p/{token}/`, which a phone appends its file names to. */
export function provisioningUrlOf({ publicUrl }: PhoneSite, token: Secret): Secret {
  return new Secret(`${publicUrl.replace(/\/+$/, '')}/p/${token.reveal()}/`);
}

/** A phone with the version that its files have. */
export interface ToldPhone extends ServedPhone {
  readonly version: number;
}

/**
 * All that a phone which goes by versions is told, whatever its token: where this differs, its version must. Null for one that
 * does not, or that cannot be told anything.
 */
export function contentOf(served: ServedPhone, site: PhoneSite): string | null {
  const format = formatOf(served.phone);
  if (format?.goesByVersion !== true) return null;
  const url = provisioningUrlOf(site, new Secret('any'));
  const home = homeOf({ ...served, version: 0 }, url);
  const { slots } = linesOf(served, site);
  try {
    const texts = format.files.flatMap((file) => [file.whole({ ...home, isLeft: false, slots }), file.enrolment(home)]);
    return [served.revision, ...texts].join('\0');
  } catch (error) {
    if (error instanceof AppError && error.code === 'value-not-carried') return null;
    throw error;
  }
}

/** By which way a phone has come; `url` is null for one whose own settings are its way. */
export interface PhoneWay {
  readonly url: Secret | null;
  readonly isLeft: boolean;
}

/** True for the URL of a token that an enrolment leads away from. */
export function isLeft({ tokens }: ToldPhone, token: ServedToken): boolean {
  return token.isUsed && awaitedToken(tokens) !== null;
}

/** A file with its lines. Throws `value-not-carried`. */
export function wholeText(file: PhoneFile, served: ToldPhone, lines: PhoneLines, { url, isLeft }: PhoneWay): string {
  return file.whole({ ...homeOf(served, url), isLeft, slots: lines.slots });
}

/** The same file in an enrolment. Throws `value-not-carried`. */
export function enrolmentText(file: PhoneFile, served: ToldPhone, url: Secret): string {
  return file.enrolment(homeOf(served, url));
}

/** Enrolment leads to the token that is not used yet: the earlier one ends when it is. Null: the enrolment has ended. */
export function awaitedToken(tokens: readonly ServedToken[]): Secret | null {
  return tokens.find(({ kind, isUsed }) => kind === 'provisioning' && !isUsed)?.token ?? null;
}

/** An enrolment that a phone may be told of. */
export interface OpenEnrolment {
  readonly url: Secret;
  /** Names it, and gives nothing away. */
  readonly tokenHash: string;
}

/** Why a phone is told nothing. */
export type NoEnrolment = 'not-put' | 'not-enrolled' | 'enrolment-over';

/** The enrolment of a phone that is open at `now`, or why there is none. `served` is null where nobody put such a phone. */
export function openEnrolment(
  served: ServedPhone | null,
  { publicUrl }: Pick<PhoneSite, 'publicUrl'>,
  now: number,
): OpenEnrolment | NoEnrolment {
  if (served === null) return 'not-put';
  const found = served.tokens.find(({ kind }) => kind === 'enrolment');
  // It was never enrolled, has come home, or was enrolled before its token was kept for us.
  if (!found?.token || awaitedToken(served.tokens) === null) return 'not-enrolled';
  if (found.expiresAt !== null && now >= found.expiresAt) return 'enrolment-over';
  const url = new Secret(`${publicUrl.replace(/\/+$/, '')}/e/${found.token.reveal()}/`);
  return { url, tokenHash: found.hash };
}

function homeOf({ mac, revision, version }: ToldPhone, provisioningUrl: Secret | null): PhoneHome {
  return { mac, revision, version, provisioningUrl, pollMinutes: POLL_MINUTES };
}

interface Judged {
  /** Null: the format has no place for it. */
  readonly slot: LineSlot | null;
  readonly problem: PhoneProblem | null;
}

function judge(served: ServedLine, line: number, format: VendorFormat, registrars: readonly Registrar[]): Judged {
  const { number, extension, key } = served;
  const because = (what: PhoneProblem['what'], detail: string): PhoneProblem => ({
    line,
    extension: number,
    what,
    detail,
  });
  if (line > format.lines)
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
