import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { startPhone, type LabPhone, type LabPhoneOptions } from '../../../lab/phones/phone.ts';
import { LAB_VENDORS } from '../../../lab/phones/vendors.ts';
import { startRegistrar, type LabRegistrar } from '../../../lab/registrar/registrar.ts';
import { learnSecrets } from '../../../lab/leaks/learn.ts';
import { freePort } from '../../../lab/test/free-port.ts';
import { leakWatch, watchedLog } from '../../../lab/test/watched.ts';
import type { ProvisionerConfig } from '../../../schemas/config/provisioner.ts';
import type { Operation } from '../../../schemas/operation.ts';
import { fileCipherOf } from '../../../schemas/phone-formats/refusal.ts';
import { PhoneVendor, type Phone } from '../../../schemas/phone.ts';
import type { RotationDocument } from '../../../schemas/rotation.ts';
import { Secret } from '../../../schemas/secret.ts';
import { makeMissingKeys, readPublicKey } from '../../../store/keys.ts';
import type { NewKey, PhoneAcceptResult, PhoneIntent } from '../../../store/phone-ports.ts';
import { openStore, type Store } from '../../../store/sqlite/open.ts';
import { formatOf } from '../../core/vendors/table.ts';
import type { ConfigReaders } from '../../settings.ts';
import {
  startProvisioner,
  type ProvisionerAdapters,
  type ProvisionerOptions,
  type RunningProvisioner,
} from '../../main.ts';

export const MACS = ['001565aabb01', '001565aabb02', '001565aabb03', '001565aabb04'] as const;
/** What every secret of the configuration reads as. */
export const SECRET = 'the secret of every source';
const PATIENCE_MS = 15_000;

/** Where a phone that was never here is led first. */
export interface EnrolledAt {
  readonly enrolmentUrl: string;
  /** As it is put. */
  readonly sold: Pick<Phone, 'vendor' | 'model'>;
  /** What the answer of its enrolment shows as provisioningUrl; another than its home where encryption is preferred. */
  readonly shownUrl: string;
  readonly fileKey: string | null;
}

/** What is wanted of its files. */
export type Wanted = Pick<Phone, 'encryption' | 'fileCipher'>;

/** A provisioner with a store of its own, a lab registrar, and what control would say to it. */
export interface TestSite {
  readonly registrar: LabRegistrar;
  readonly store: Store['control'];
  /** The same data folder, for a second look at what is stored. */
  readonly dataDir: string;
  readonly log: readonly string[];
  provisioner: RunningProvisioner;
  /** Ends it without a word to anybody, and starts another. */
  restart(): Promise<void>;
  /** Tries to start another one beside it. */
  secondOne(): Promise<RunningProvisioner>;
  configure(over: Partial<ProvisionerConfig>): Promise<void>;
  ask(intent: PhoneIntent): Promise<Extract<PhoneAcceptResult, { outcome: 'accepted' | 'replayed' }>>;
  /** An extension with its key at the registrar, without a phone. */
  extension(number: string, key: string): Promise<void>;
  /** A phone of this extension, enrolled and not switched on; gives what it needs. */
  enrolled(
    number: string,
    key: string,
    over?: Partial<LabPhoneOptions>,
    wanted?: Wanted,
  ): Promise<LabPhoneOptions & EnrolledAt>;
  /** Switches such a phone on, whatever comes of it. */
  startOnly(options: LabPhoneOptions): Promise<LabPhone>;
  /** Switches such a phone on; it is registered, and known to have fetched. */
  switchOn(options: LabPhoneOptions, number: string, key: string): Promise<LabPhone>;
  /** A phone of this extension, switched on, registered with the extension's key. */
  phone(number: string, key: string, over?: Partial<LabPhoneOptions>): Promise<LabPhone>;
  /** Begins a rotation; gives its id. */
  rotate(keys: Readonly<Record<string, string | null>>, batch?: { canary: number; wave: number }): Promise<string>;
  rotation(id: string): Promise<RotationDocument>;
  untilRotation(id: string, fits: (rotation: RotationDocument) => boolean): Promise<RotationDocument>;
  untilOperation(id: string, fits: (operation: Operation) => boolean): Promise<Operation>;
}

export async function testSite(
  over: Partial<ProvisionerConfig> = {},
  adapters?: ProvisionerAdapters,
  options: Partial<Pick<ProvisionerOptions, 'ledNetworks' | keyof ConfigReaders>> = {},
): Promise<TestSite> {
  const watch = leakWatch();
  watch.learn('what every source of secrets says', SECRET);
  const dataDir = mkdtempSync(join(tmpdir(), 'wisp-edge-provisioner-'));
  mkdirSync(join(dataDir, 'locks'));
  makeMissingKeys(dataDir);
  const registrar = await startRegistrar({ users: new Map() });
  const port = await freePort();
  let config: ProvisionerConfig = {
    listen: { host: '127.0.0.1', port },
    publicUrl: `http://127.0.0.1:${port}`,
    sip: { stack: 'embedded' },
    enrolMinutes: 60,
    encryption: 'off',
    rotation: { proveSeconds: 3, fetchSeconds: 6, registerSeconds: 6 },
    probes: { perSecond: 1000, inFlight: 16, deadlineSeconds: 2 },
    registrars: [
      {
        id: 'iplan',
        domain: `127.0.0.1:${registrar.port}`,
        uri: `sip:127.0.0.1:${registrar.port};transport=udp`,
        probeMode: 'query',
      },
    ],
    ...over,
  };
  const lines: string[] = [];
  const log = watchedLog(watch, (line) => lines.push(line));
  const start = (): Promise<RunningProvisioner> =>
    startProvisioner(
      {
        site: 'norte-1',
        dataDir,
        log,
        signal: new AbortController().signal,
        config,
        readSecret: () => new Secret(SECRET),
        readText: () => '',
        ...options,
      },
      adapters,
    );
  const store = openStore({
    file: join(dataDir, 'wisp-edge.db'),
    site: 'norte-1',
    sealTo: { provisioner: readPublicKey(dataDir, 'provisioner') },
  });
  const phones: LabPhone[] = [];
  const site: TestSite = {
    registrar,
    store: store.control,
    dataDir,
    log: lines,
    provisioner: await start(),
    async restart() {
      await site.provisioner.stop();
      site.provisioner = await start();
    },
    secondOne: start,
    async configure(next) {
      config = { ...config, ...next };
      await site.provisioner.reload(config, options.ledNetworks);
    },
    async ask(intent) {
      learnSecrets(watch, intent.kind, intent);
      const context = { actor: { name: 'test', via: 'api' as const }, at: Date.now(), operation: id('o'), routers: [] };
      const result = await store.control.acceptPhoneIntent(intent, context);
      if (result.outcome === 'accepted' || result.outcome === 'replayed') return result;
      throw new Error(`not accepted: ${JSON.stringify(result)}`);
    },
    async extension(number, key) {
      registrar.setKeys(number, key);
      await site.ask({
        kind: 'put-extension',
        number,
        extension: { registrar: 'iplan', displayName: `Ext ${number}`, owner: 'isp' },
        sipKey: newKey(key),
      });
    },
    async enrolled(number, key, phoneOver = {}, wanted = {}) {
      const mac = phoneOver.mac ?? MACS[phones.length] ?? MACS[0];
      const vendor = phoneOver.vendor ?? 'yealink';
      const newToken = (): Secret => new Secret(randomBytes(16).toString('hex'));
      const tokens = { provisioning: newToken(), enrolment: newToken(), expiresAt: Date.now() + 3_600_000 };
      const { encryption = 'off' } = wanted;
      const own = encryption === 'preferred' ? newToken() : null;
      await site.extension(number, key);
      const sold = soldAs(vendor);
      const keyLength = fileCipherOf({ ...sold, ...wanted }) === 'aes-128-ecb' ? 16 : 32;
      const fileKey = encryption === 'off' ? null : new Secret(newToken().reveal().slice(0, keyLength));
      const phone = { ...sold, ...wanted, lines: [{ extension: number }] };
      await site.ask({ kind: 'put-phone', mac, phone });
      const encrypted = fileKey === null ? {} : { encrypted: { fileKey, token: own } };
      await site.ask({ kind: 'enrol', mac, ...tokens, credentials: null, ...encrypted });
      const urlOf = (token: Secret): string => `${config.publicUrl}/p/${token.reveal()}/`;
      const url = urlOf(own ?? tokens.provisioning);
      await until(`${mac} is served`, async () => (await fetch(`${url}${fileOf(phone, mac)}`, { method: 'HEAD' })).ok);
      return {
        ...{ vendor, mac, url, sold, retryMs: 200 },
        shownUrl: urlOf(tokens.provisioning),
        enrolmentUrl: `${config.publicUrl}/e/${tokens.enrolment.reveal()}/`,
        fileKey: fileKey?.reveal() ?? null,
        ...phoneOver,
      };
    },
    async phone(number, key, phoneOver = {}) {
      return site.switchOn(await site.enrolled(number, key, phoneOver), number, key);
    },
    async startOnly(options) {
      const phone = await startPhone(options);
      phones.push(phone);
      return phone;
    },
    async switchOn(options, number, key) {
      const { mac } = options;
      const phone = await site.startOnly(options);
      // One that goes home at its next start only is started anew by who stands there.
      if (LAB_VENDORS[options.vendor].movesLater === true && phone.lines.length === 0) await phone.reboot();
      await phone.untilRegistered(number, key);
      await until(`${mac} is known to have fetched`, async () => {
        return ((await store.control.readPhone(mac))?.document.lastFetch ?? null) !== null;
      });
      return phone;
    },
    async rotate(keys, batch = { canary: 1, wave: 1 }) {
      const rotation = id('rotation');
      const newKeys = Object.entries(keys).flatMap(([number, key]) =>
        key === null ? [] : [[number, newKey(key)] as const],
      );
      await site.ask({
        kind: 'rotate',
        rotation,
        extensions: Object.keys(keys),
        newKeys: new Map(newKeys),
        batch,
        reason: 'test',
      });
      return rotation;
    },
    async rotation(rotation) {
      const found = await store.control.readRotation(rotation);
      if (found === null) throw new Error(`there is no rotation ${rotation}`);
      watch.look('a rotation', JSON.stringify(found));
      return found;
    },
    async untilRotation(rotation, fits) {
      await until(
        'the rotation is as wanted',
        async () => fits(await site.rotation(rotation)),
        async () => JSON.stringify(await site.rotation(rotation), null, 1),
      );
      return site.rotation(rotation);
    },
    async untilOperation(operation, fits) {
      const read = async (): Promise<Operation> => {
        const found = await store.control.readOperation(operation);
        if (found === null) throw new Error(`there is no operation ${operation}`);
        watch.look('an operation', JSON.stringify(found));
        return found;
      };
      await until(
        'the operation is as wanted',
        async () => fits(await read()),
        async () => JSON.stringify(await read()),
      );
      return read();
    },
  };
  onTestFinished(async () => {
    await Promise.all(phones.map((phone) => phone.close()));
    await site.provisioner.stop();
    store.close();
    await registrar.close();
    watch.lookAtFiles(dataDir, () => false);
    rmSync(dataDir, { recursive: true, force: true });
  });
  return site;
}

export function newKey(key: string): NewKey {
  return { secret: new Secret(key), mark: createHash('sha256').update(`mark of ${key}`).digest('hex'), refusedBy: [] };
}

/** The words of an extension's evidence, in order. */
export function words(rotation: RotationDocument, number: string): readonly string[] {
  return rotation.extensions.find((one) => one.number === number)?.evidence.map(({ what }) => what) ?? [];
}

/** Waits for a condition; looks every 20 ms, and gives up after a while with what was seen. */
export async function until(
  what: string,
  holds: () => Promise<boolean> | boolean,
  seen: () => Promise<string> = () => Promise.resolve(''),
): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`not within ${PATIENCE_MS} ms: ${what} ${await seen()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** What a person says of a phone of the lab, as it says on its back. */
export function soldAs(lab: LabPhoneOptions['vendor']): Pick<Phone, 'vendor' | 'model'> {
  const vendor = PhoneVendor.anyOf.map((each) => each.const).find((each) => lab === each || lab.startsWith(`${each}-`));
  if (vendor === undefined) throw new Error(`nobody sells ${lab}`);
  return { vendor, model: LAB_VENDORS[lab].model };
}

function fileOf(phone: Pick<Phone, 'vendor' | 'model'>, mac: string): string {
  return (
    formatOf(phone)
      ?.files.find(({ hasLines }) => hasLines)
      ?.name(mac, phone.model ?? null) ?? ''
  );
}

function id(prefix: string): string {
  return `${prefix}-${randomBytes(6).toString('hex')}`;
}
