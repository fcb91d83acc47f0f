import type { CredentialsRefusal, PhoneRequestWhy } from '../../schemas/phone-request.ts';
import type { Phone } from '../../schemas/phone.ts';
import { macIn, type PhonePath, type Sought } from './phone-request.ts';
import { isAskedFor, vendorsAskingFor } from './vendors/names.ts';
import { formatOf } from './vendors/table.ts';

/** Whose token it is, and what it is good for. */
export interface TokenStanding {
  readonly mac: string;
  readonly phone: Pick<Phone, 'vendor' | 'model'>;
  readonly kind: PhonePath['kind'];
  /** `ended`: a newer one came into use. */
  readonly state: 'live' | 'expired' | 'ended';
}

/** What is known of a phone that a request names. */
export interface NamedPhone {
  readonly isEnrolled: boolean;
  /** A user and a password are good for it. */
  readonly hasCredentials: boolean;
}

/** One request with its answer. */
export interface Asked {
  readonly sought: Sought;
  /** A file went out, or word of one: 200, 206, 304, 416. */
  readonly isServed: boolean;
  /** Refused for its method alone. */
  readonly isMethodRefused: boolean;
  /** Its file could not be written. */
  readonly isUnwritten: boolean;
  readonly userAgent: string | null;
  /** Null: the token is nobody's, or there is none. */
  readonly standing: TokenStanding | null;
  /** Under /c/: why it is not known who asks, and whom it said it was. */
  readonly refused: { readonly why: CredentialsRefusal; readonly user: string | null } | null;
  /** What came with its connection under /c/, where that made it nobody's; null: nothing. */
  readonly certificate:
    | { readonly kind: 'holder'; readonly mac: string; readonly vendor: string }
    | { readonly kind: 'refused'; readonly reason: string }
    | null;
}

/** What one phone is told about: `origin` as in PhoneRequest. */
export interface Judgement {
  readonly mac: string;
  readonly origin: 'own' | 'named' | 'stranger';
  readonly why: PhoneRequestWhy;
  readonly detail: string | null;
}

/**
 * Why a request got what it got, for the people who look after the phones it concerns: the one whose token it is, and the one
 * that it names. Decides about nothing that is served; a name is a hint, never an identity (phones guide 7, item 13).
 */
export function judgeRequest(asked: Asked, phoneOf: (mac: string) => NamedPhone | null): readonly Judgement[] {
  const { standing, sought } = asked;
  return standing === null ? ofNobody(asked, phoneOf) : ofHolder(asked, standing, macIn(sought.file), phoneOf);
}

function ofNobody(
  { sought, userAgent, isMethodRefused, refused, certificate }: Asked,
  phoneOf: (mac: string) => NamedPhone | null,
): readonly Judgement[] {
  const ofCertificate = certificate?.kind === 'holder' ? certificate.mac : null;
  const mac = ofCertificate ?? macIn(refused?.user ?? null) ?? macIn(sought.file) ?? macIn(userAgent);
  if (mac === null) return [];
  const phone = phoneOf(mac);
  if (phone === null) return [{ mac, origin: 'stranger', why: 'phone-unknown', detail: null }];
  const because = (why: PhoneRequestWhy): readonly Judgement[] => [{ mac, origin: 'named', why, detail: null }];
  if (!phone.isEnrolled) return because('not-enrolled');
  // Enrolled, and yet its certificate made it nobody: it was put as a phone of another vendor.
  if (certificate?.kind === 'holder')
    return [{ mac, origin: 'named', why: 'other-vendor', detail: certificate.vendor }];
  if (certificate?.kind === 'refused')
    return [{ mac, origin: 'named', why: 'certificate-refused', detail: certificate.reason }];
  if (refused !== null) return because(refused.why);
  if (sought.token === null) return because('no-token');
  return because(isMethodRefused ? 'method-refused' : 'token-unknown');
}

function ofHolder(
  asked: Asked,
  standing: TokenStanding,
  named: string | null,
  phoneOf: (mac: string) => NamedPhone | null,
): readonly Judgement[] {
  const { mac } = standing;
  const [why, detail] = whyOf(asked, standing, named);
  const own: Judgement = { mac, origin: 'own', why, detail };
  if (named === null || named === mac || phoneOf(named) === null) return [own];
  return [own, { mac: named, origin: 'named', why: 'token-of-another', detail: mac }];
}

function whyOf(
  { sought, isServed, isMethodRefused, isUnwritten }: Asked,
  { mac, phone, kind, state }: TokenStanding,
  named: string | null,
): readonly [PhoneRequestWhy, string | null] {
  if (isServed) return ['served', null];
  if (isMethodRefused) return ['method-refused', null];
  if (state !== 'live') return [kind === 'enrolment' ? 'enrolment-ended' : 'token-replaced', null];
  if (sought.kind !== kind) return ['other-kind', null];
  if (isUnwritten) return ['value-not-carried', null];
  const format = formatOf(phone);
  if (format === null) return ['vendor-not-served', null];
  if (named !== null && named !== mac) return ['other-mac', named];
  const name = sought.file ?? '';
  // Its own file and yet refused: the token it would lead to has been used meanwhile.
  if (format.files.some((file) => file.isNamed(name, mac))) return ['enrolment-ended', null];
  if (isAskedFor(format, name, mac, phone.model ?? null)) return ['not-ours', null];
  const vendors = vendorsAskingFor(name, mac, format.dialect);
  return vendors.length > 0 ? ['other-vendor', vendors.join(', ')] : ['not-its-file', null];
}
