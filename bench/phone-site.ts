import { spawn } from 'node:child_process';
import { hash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NODE_FLAGS } from '../lab/demo/edge-process.ts';
import { freePort } from '../lab/test/free-port.ts';
import { Catalogue } from '../provisioner/catalogue.ts';
import { registrarOf } from '../provisioner/core/registrar.ts';
import { Secret } from '../schemas/secret.ts';
import { makeMissingKeys, readPrivateKey, readPublicKey } from '../store/keys.ts';
import { openStore, type Store } from '../store/sqlite/open.ts';
import { cpuSecondsOf } from './cpu.ts';
import { untilUp } from './phone-load.ts';

/** MAC and token of a phone. */
export type BenchPhone = readonly [string, string];

/** A site of many enrolled phones, and `wisp-edge provisioner` as installed, its log in a file. */
export interface PhoneSite {
  readonly port: number;
  readonly phones: readonly BenchPhone[];
  readonly fileBytes: number;
  /** Every phone's file by its name, for a server that knows no phones. */
  readonly filesFolder: string;
  /** CPU seconds the provisioner has used. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

const BIN = join(import.meta.dirname, '../bin/wisp-edge.js');
const REGISTRAR = { id: 'iplan', domain: '127.0.0.1', uri: 'sip:127.0.0.1' };

export async function startPhoneSite(count: number): Promise<PhoneSite> {
  const folder = mkdtempSync(join(tmpdir(), 'wisp-edge-bench-'));
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  const dataDir = join(folder, 'data');
  const filesFolder = join(folder, 'www');
  for (const made of [dataDir, filesFolder]) mkdirSync(made, { mode: 0o700 });
  const { phones, fileBytes } = await fill({ dataDir, filesFolder, publicUrl, count });
  const config = join(folder, 'config.json');
  const provisioner = {
    listen: { host: '127.0.0.1', port },
    publicUrl,
    registrars: [{ ...REGISTRAR, probeMode: 'query' }],
  };
  writeFileSync(config, JSON.stringify({ site: 'bench', dataDir, provisioner }));
  const log = openSync(join(folder, 'log'), 'a');
  const child = spawn(process.execPath, [...NODE_FLAGS, BIN, '--config', config, 'provisioner'], {
    stdio: ['ignore', log, log],
  });
  const exited = once(child, 'exit');
  await untilUp(port, child);
  return {
    port,
    phones,
    fileBytes,
    filesFolder,
    cpuSeconds: () => cpuSecondsOf(child.pid ?? 0),
    async stop() {
      child.kill('SIGTERM');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Filling {
  readonly dataDir: string;
  readonly filesFolder: string;
  readonly publicUrl: string;
  readonly count: number;
}

/** Puts the phones into the store, and their files into the folder. */
async function fill({
  dataDir,
  filesFolder,
  publicUrl,
  count,
}: Filling): Promise<Pick<PhoneSite, 'phones' | 'fileBytes'>> {
  makeMissingKeys(dataDir);
  const store = openStore({
    file: join(dataDir, 'wisp-edge.db'),
    sealTo: { provisioner: readPublicKey(dataDir, 'provisioner') },
    openWith: { provisioner: readPrivateKey(dataDir, 'provisioner') },
  });
  const registrar = registrarOf(REGISTRAR);
  if (registrar === null) throw new Error('no registrar');
  const phones = await enrolled(store, count);
  const catalogue = new Catalogue({ publicUrl, registrars: [registrar], now: Date.now });
  catalogue.put(await store.provisioner.servedPhones('all'));
  const sizes = phones.map(([mac, token]) => {
    const file = catalogue.find('provisioning', hash('sha256', token, 'hex'), `${mac}.cfg`);
    if (file?.isWhole !== true) throw new Error(`${mac} has no whole file`);
    writeFileSync(join(filesFolder, `${mac}.cfg`), file.bytes);
    return file.bytes.length;
  });
  store.close();
  return { phones, fileBytes: sizes[0] ?? 0 };
}

/** As many extensions and Yealink phones as asked for, enrolled. */
async function enrolled({ control }: Store, count: number): Promise<readonly BenchPhone[]> {
  const made: BenchPhone[] = [];
  let operation = 0;
  const context = (): Parameters<typeof control.acceptPhoneIntent>[1] => {
    operation += 1;
    return { actor: { name: 'bench', via: 'cli' }, at: Date.now(), operation: `op-${operation}`, routers: [] };
  };
  for (let at = 0; at < count; at += 1) {
    const number = String(10_000 + at);
    const mac = `805ec0${at.toString(16).padStart(6, '0')}`;
    const token = randomBytes(16).toString('base64url');
    const sipKey = { secret: new Secret(randomBytes(12).toString('hex')), mark: number, refusedBy: [] };
    const extension = { registrar: REGISTRAR.id, displayName: `Phone ${number}`, owner: 'isp' as const };
    await control.acceptPhoneIntent({ kind: 'put-extension', number, extension, sipKey }, context());
    const phone = { vendor: 'yealink' as const, lines: [{ extension: number }] };
    await control.acceptPhoneIntent({ kind: 'put-phone', mac, phone }, context());
    const [provisioning, enrolment] = [new Secret(token), new Secret(randomBytes(16).toString('base64url'))];
    const expiresAt = Date.now() + 3_600_000;
    await control.acceptPhoneIntent(
      { kind: 'enrol', mac, provisioning, enrolment, credentials: null, expiresAt },
      context(),
    );
    made.push([mac, token]);
  }
  return made;
}
