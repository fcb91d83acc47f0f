import { hash, randomBytes } from 'node:crypto';
import { mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import Fastify from 'fastify';
import { makeLog } from '../cli/log.ts';
import { systemClock } from '../provisioner/adapters/clock.ts';
import { Catalogue } from '../provisioner/catalogue.ts';
import { registrarOf } from '../provisioner/core/registrar.ts';
import { FetchRecord } from '../provisioner/fetch-record.ts';
import { RequestRecord } from '../provisioner/request-record.ts';
import { PHONE_BACKLOG } from '../provisioner/phone-listener.ts';
import { buildPhoneServer } from '../provisioner/phone-server.ts';
import { Secret } from '../schemas/secret.ts';
import { makeMissingKeys, readPrivateKey, readPublicKey } from '../store/keys.ts';
import { openStore, type Store } from '../store/sqlite/open.ts';

/**
 * The phone server as the product composes it – store on disk, log, record of fetches – beside a bare fastify route that
 * sends as many bytes, in a process of their own: what asks must not share their event loop. Driven over IPC.
 */
export interface PhonesReady {
  readonly port: number;
  readonly barePort: number;
  readonly fileBytes: number;
  /** MAC and token of every phone. */
  readonly phones: readonly (readonly [string, string])[];
}

const SITE = { publicUrl: 'http://127.0.0.1:8471', host: '127.0.0.1' };
const count = Number(process.argv[2] ?? 5000);
const folder = mkdtempSync(join(tmpdir(), 'wisp-edge-bench-'));
makeMissingKeys(folder);
const store = openStore({
  file: join(folder, 'wisp-edge.db'),
  sealTo: { provisioner: readPublicKey(folder, 'provisioner') },
  openWith: { provisioner: readPrivateKey(folder, 'provisioner') },
});
const registrar = registrarOf({ id: 'iplan', domain: 'sip.example.net', uri: 'sip:192.0.2.10' });
if (registrar === null) throw new Error('no registrar');
const phones = await fill(store);
const catalogue = new Catalogue({ ...SITE, registrars: [registrar], now: () => systemClock.now() });
catalogue.put(await store.provisioner.servedPhones('all'));
await catalogue.renderAhead();
// Line by line and at once, as Node's stdout does when it is a file.
const logFile = openSync(join(folder, 'log'), 'a');
const log = makeLog(
  new Writable({
    decodeStrings: false,
    write: (line: string, _encoding, done) => {
      writeSync(logFile, line);
      done();
    },
  }),
);
const record = new FetchRecord({ store: store.provisioner, clock: systemClock, random: Math.random, log });
const requests = new RequestRecord({ store: store.provisioner, clock: systemClock, log });
const server = buildPhoneServer({
  ...{ catalogue, publicUrl: SITE.publicUrl, now: () => systemClock.now(), log },
  onFetch: (fetch) => {
    record.note(fetch);
  },
  onRequest: (request) => {
    requests.note(request);
  },
});
await server.listen({ host: SITE.host, port: 0, backlog: PHONE_BACKLOG });
const fileBytes = sizeOfFile();
const bare = Fastify();
const body = Buffer.alloc(fileBytes, 'x');
bare.get('/:file', (_request, reply) => reply.header('content-type', 'text/plain').send(body));
await bare.listen({ host: SITE.host, port: 0, backlog: PHONE_BACKLOG });

process.on('disconnect', () => {
  void stop();
});
process.send?.({ port: portOf(server), barePort: portOf(bare), fileBytes, phones } satisfies PhonesReady);

async function stop(): Promise<void> {
  await Promise.all([server.close(), bare.close()]);
  await record.close();
  await requests.close();
  store.close();
  rmSync(folder, { recursive: true, force: true });
  process.exit();
}

/** As many extensions and Yealink phones as asked for, enrolled. */
async function fill({ control }: Store): Promise<readonly (readonly [string, string])[]> {
  const made: [string, string][] = [];
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
    const extension = { registrar: 'iplan', displayName: `Phone ${number}`, owner: 'isp' as const };
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

function sizeOfFile(): number {
  const [mac = '', token = ''] = phones[0] ?? [];
  const file = catalogue.find('provisioning', hash('sha256', token, 'hex'), `${mac}.cfg`);
  if (file?.isWhole !== true) throw new Error('the first phone has no whole file');
  return file.bytes.length;
}

function portOf(app: { readonly server: { address(): string | { readonly port: number } | null } }): number {
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
