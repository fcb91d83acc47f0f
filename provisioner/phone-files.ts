import { AppError } from '../schemas/app-error.ts';
import { Secret } from '../schemas/secret.ts';
import type { ServedPhone, ServedToken } from '../store/phone-ports.ts';
import { POLL_MINUTES } from './core/phone-pace.ts';
import type { Registrar } from './core/registrar.ts';
import type { PhoneFile, PhoneHome } from './core/vendors/model.ts';
import { formatOf } from './core/vendors/table.ts';
import { linesOf, type PhoneLines } from './phone-lines.ts';
import { canRead } from './made-file.ts';

/** Where phones reach us and whom they register with. */
export interface PhoneSite {
  /** Without or with its last slash. */
  readonly publicUrl: string;
  readonly registrars: readonly Registrar[];
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
  const home = homeOf({ ...served, version: 0 }, url, null);
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
  /** With what the files under `url` are encrypted; null: they are plain. */
  readonly fileKey: Secret | null;
  readonly isLeft: boolean;
}

/** True for the URL of a token that an enrolment leads away from. */
export function isLeft(served: ToldPhone, token: ServedToken): boolean {
  return token.isUsed && awaitedHome(served) !== null;
}

/** A file with its lines. Throws `value-not-carried`. */
export function wholeText(file: PhoneFile, served: ToldPhone, lines: PhoneLines, way: PhoneWay): string {
  const { url, fileKey, isLeft } = way;
  return file.whole({ ...homeOf(served, url, fileKey), isLeft, slots: lines.slots });
}

/** The same file in an enrolment, which tells the key of what it leads to. Throws `value-not-carried`. */
export function enrolmentText(file: PhoneFile, served: ToldPhone, home: OpenHome, url: Secret): string {
  return file.enrolment(homeOf(served, url, home.fileKey));
}

/** A provisioning token at hand, with the key of what is served under it. */
export type OpenHome = ServedToken & { readonly token: Secret };

/**
 * Enrolment leads to the token that is not used yet: the earlier one ends when it is. Where there are two, to that of
 * encrypted files if the phone can read them: nothing else leads there, so who comes with it was told the key. Null: the
 * enrolment has ended.
 */
export function awaitedHome({ phone, tokens }: Pick<ServedPhone, 'phone' | 'tokens'>): OpenHome | null {
  const awaited = tokens
    .filter(({ kind, isUsed, fileKey }) => kind === 'provisioning' && !isUsed && canRead(phone, fileKey))
    .filter(isOpen);
  return awaited.find(({ fileKey }) => fileKey !== null) ?? awaited[0] ?? null;
}

/** Is the token itself at hand, and not its hash alone. */
export function isOpen(token: ServedToken): token is OpenHome {
  return token.token !== null;
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
  if (!found?.token || awaitedHome(served) === null) return 'not-enrolled';
  if (found.expiresAt !== null && now >= found.expiresAt) return 'enrolment-over';
  const url = new Secret(`${publicUrl.replace(/\/+$/, '')}/e/${found.token.reveal()}/`);
  return { url, tokenHash: found.hash };
}

function homeOf(
  { mac, phone, revision, version }: ToldPhone,
  provisioningUrl: Secret | null,
  fileKey: Secret | null,
): PhoneHome {
  return { mac, model: phone.model ?? null, revision, version, provisioningUrl, pollMinutes: POLL_MINUTES, fileKey };
}
