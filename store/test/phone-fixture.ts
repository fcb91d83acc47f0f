import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { learnSecrets } from '../../lab/leaks/learn.ts';
import { leakWatch } from '../../lab/test/watched.ts';
import type { Extension } from '../../schemas/extension.ts';
import type { PhoneDialect } from '../../schemas/phone-formats/dialect.ts';
import type { Phone } from '../../schemas/phone.ts';
import { Secret } from '../../schemas/secret.ts';
import type {
  NewKey,
  OpenRotation,
  PhoneAcceptResult,
  PhoneFetch,
  PhoneIntent,
  ProvisionerStore,
  RotatingExtension,
  RotationAdvance,
} from '../phone-ports.ts';
import type { ControlStore } from '../ports.ts';
import { generateSealKeys, type SealKeys } from '../sealed.ts';
import { openStore } from '../sqlite/open.ts';
import type { IntentContext } from '../terms.ts';
import { contexts, temporaryFolder } from './fixture.ts';

export const MAC = '001565aabbcc';
export const OTHER_MAC = '000b82aabbcc';
export const ANA: Extension = { registrar: 'iplan', displayName: 'Ana', owner: 'isp' };

type IntentOf<Kind extends PhoneIntent['kind']> = Extract<PhoneIntent, { readonly kind: Kind }>;

/** Control's store, which can only seal, and the provisioner's beside it, on one file. */
export interface PhoneSite {
  readonly file: string;
  readonly keys: SealKeys;
  readonly control: ControlStore;
  readonly provisioner: ProvisionerStore;
  readonly ask: (intent: PhoneIntent, over?: Partial<IntentContext>) => Promise<PhoneAcceptResult>;
}

export function phoneSite(file = join(temporaryFolder(), 'store.db'), keys = generateSealKeys()): PhoneSite {
  const stores = [
    openStore({ file, site: 'norte-1', sealTo: { provisioner: keys.publicKey } }),
    openStore({ file, site: 'norte-1', openWith: { provisioner: keys.privateKey } }),
  ] as const;
  const watch = leakWatch();
  onTestFinished(() => {
    for (const store of stores) store.close();
    watch.lookAtFiles(dirname(file), () => false);
  });
  const next = contexts([]);
  const { control } = stores[0];
  const { provisioner } = stores[1];
  return {
    file,
    keys,
    control,
    provisioner,
    async ask(intent, over) {
      learnSecrets(watch, intent.kind, intent);
      const answer = await control.acceptPhoneIntent(intent, next(over));
      watch.look(`the answer to ${intent.kind}`, JSON.stringify(answer));
      return answer;
    },
  };
}

export function sipKey(text: string, refusedBy: readonly PhoneDialect[] = []): NewKey {
  const mark = createHash('sha256').update(`mark of ${text}`).digest('hex');
  return { secret: new Secret(text), mark, refusedBy };
}

export function putExtension(
  number: string,
  key: string | NewKey | null = null,
  over: Partial<Extension> = {},
): IntentOf<'put-extension'> {
  const given = typeof key === 'string' ? sipKey(key) : key;
  return { kind: 'put-extension', number, extension: { ...ANA, ...over }, sipKey: given };
}

export function putPhone(mac: string, extensions: readonly string[], over: Partial<Phone> = {}): IntentOf<'put-phone'> {
  const lines = extensions.map((extension) => ({ extension }));
  return { kind: 'put-phone', mac, phone: { vendor: 'yealink', lines, ...over } };
}

export function enrol(mac: string, name: string): IntentOf<'enrol'> {
  const [provisioning, enrolment] = [new Secret(`${name}-provisioning`), new Secret(`${name}-enrolment`)];
  return { kind: 'enrol', mac, provisioning, enrolment, credentials: null, expiresAt: 9_000_000 };
}

export function rotate(
  rotation: string,
  extensions: readonly string[],
  newKeys: Readonly<Record<string, string | NewKey>> = {},
): IntentOf<'rotate'> {
  const keys = Object.entries(newKeys).map(
    ([number, key]) => [number, typeof key === 'string' ? sipKey(key) : key] as const,
  );
  const batch = { canary: 1, wave: 1 };
  return {
    kind: 'rotate',
    rotation,
    extensions,
    newKeys: new Map(keys),
    batch,
    reason: 'a leak',
  };
}

export function fetchOf(mac: string, over: Partial<PhoneFetch> = {}): PhoneFetch {
  return {
    mac,
    at: 50_000,
    file: `${mac}.cfg`,
    sha256: 'ab'.repeat(32),
    tokenHash: 'none',
    address: '192.0.2.40',
    userAgent: 'Yealink SIP-T46U',
    isWhole: true,
    revision: null,
    ...over,
  };
}

/** The one open rotation, or a failing test. */
export async function openRotation({ provisioner }: PhoneSite): Promise<OpenRotation> {
  const [rotation, ...others] = await provisioner.openRotations();
  if (rotation === undefined || others.length > 0) throw new Error('there is not exactly one open rotation');
  return rotation;
}

export async function rotating(site: PhoneSite, number: string): Promise<RotatingExtension> {
  const found = (await openRotation(site)).extensions.find((extension) => extension.number === number);
  if (found === undefined) throw new Error(`${number} is not in the rotation`);
  return found;
}

/** Moves one extension of the open rotation on, from where it is now. */
export async function advance(
  site: PhoneSite,
  number: string,
  over: Partial<RotationAdvance> = {},
): Promise<'advanced' | 'stale'> {
  const { id } = await openRotation(site);
  const { step, revision, progress } = await rotating(site, number);
  const unmoved = { at: 60_000, end: null, evidence: [], serve: null, operation: null };
  return site.provisioner.advanceRotation({ rotation: id, number, revision, step, progress, ...unmoved, ...over });
}

/** The key that a phone's first line is given now. */
export async function servedKey({ provisioner }: PhoneSite, mac = MAC): Promise<string | null> {
  const [phone] = await provisioner.servedPhones({ macs: [mac], extensions: [] });
  return phone?.lines[0]?.key?.reveal() ?? null;
}

export async function servedRevision({ provisioner }: PhoneSite, mac = MAC): Promise<number> {
  const [phone] = await provisioner.servedPhones({ macs: [mac], extensions: [] });
  return phone?.revision ?? 0;
}

export async function eventTypes({ control }: PhoneSite): Promise<readonly string[]> {
  return (await control.entriesAfter(0, 10_000)).map(({ type }) => type);
}

/** What an extension, a phone and a rotation need to be there: 1001 with the key `old`, one phone, one whole fetch. */
export async function workingPhone(site: PhoneSite): Promise<void> {
  await site.ask(putExtension('1001', 'old'));
  await site.ask(putPhone(MAC, ['1001']));
  await site.provisioner.recordFetches([fetchOf(MAC)]);
}
