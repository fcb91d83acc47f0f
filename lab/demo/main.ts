import { parseArgs } from 'node:util';
import { startDrachtioDouble } from '../drachtio/double.ts';
import type { LabPhone } from '../phones/phone.ts';
import { PLACES, startWorld, type World } from '../world.ts';
import { DRACHTIO_SECRET, edgeFor } from './edge.ts';
import type { EdgeFolder, EdgeProcess } from './edge-process.ts';
import { mainJob } from './job.ts';
import { phoneJob, type PhoneCase } from './phone-job.ts';
import { makeReport } from './report.ts';

const USAGE = 'npm run demo -- [--once] [--json] [--sip embedded|drachtio]\n';
const values = optionsOf(process.argv.slice(2));
// Whoever reads only the first lines (`| head`) has not broken anything.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

/** MACs of the documentation range (RFC 7042 §2.1.2) under the vendors' formats; one phone asks who wakes it. */
const PHONES: readonly PhoneCase[] = [
  {
    vendor: 'yealink',
    mac: '00005e005301',
    extension: '1001',
    firstKey: 'Zk3vQ9mT7xB2nR5cW8dL',
    newKey: 'pT4wX8sK2mH6vN9zB3qJ',
    wrongKey: 'gR7bY2kM5nC8vX3qT6wZ',
    challengesNotify: false,
  },
  {
    vendor: 'snom',
    mac: '00005e005302',
    extension: '1002',
    firstKey: 'Hd5&<kP9"sV2jM7tQ4xN',
    newKey: 'Bw8>cF3zL6yR1gS5nT9k',
    wrongKey: 'Vq2mJ7xD4pK9hG6wY3bC',
    challengesNotify: true,
  },
];

if (values === null) {
  process.stderr.write(USAGE);
  process.exitCode = 64;
} else {
  process.exitCode = (await demo(values)) ? 0 : 1;
}

interface Options {
  readonly once: boolean;
  readonly json: boolean;
  readonly sip: 'embedded' | 'drachtio';
}

/** What was asked for, or null when that is not understood. */
function optionsOf(args: readonly string[]): Options | null {
  const flag = { type: 'boolean', default: false } as const;
  const { values: given, tokens } = parseArgs({
    args: [...args],
    options: { once: flag, json: flag, sip: { type: 'string', default: 'embedded' } },
    strict: false,
    tokens: true,
  });
  const isKnown = tokens.every((token) => token.kind === 'option' && ['once', 'json', 'sip'].includes(token.name));
  const { sip } = given;
  if (!isKnown || (sip !== 'embedded' && sip !== 'drachtio')) return null;
  return { once: given['once'] === true, json: given['json'] === true, sip };
}

/** Starts a world and the product on it, does the main job on each router and phone; true when every step was verified. */
async function demo({ once, json, sip }: Options): Promise<boolean> {
  const world = await startWorld({
    routers: [
      { id: 'rb-724', version: '7.24', preset: 'home', tls: true },
      { id: 'rb-716', version: '7.16', preset: 'home', tls: true },
      { id: 'rb-649', version: '6.49', preset: 'home', tls: true },
    ],
    extensions: new Map(PHONES.map(({ extension, firstKey }) => [extension, firstKey])),
  });
  const drachtio = sip === 'drachtio' ? await startDrachtioDouble({ secret: DRACHTIO_SECRET }) : null;
  try {
    const report = makeReport(process.stdout, process.stderr, json, () => performance.now());
    const { folder, phonesUrl } = await edgeFor(world, drachtio);
    try {
      const edge = await folder.start((line) => {
        if (json || isTrouble(line)) process.stderr.write(`${line}\n`);
      });
      try {
        for (const id of world.routers.keys()) await mainJob(world, id, edge.api, report);
        const phones = await Promise.all(PHONES.map((phone) => phoneJob(world, phonesUrl, edge.api, phone, report)));
        if (!once) await stayUp(world, folder, edge, phones);
      } finally {
        await edge.stop();
      }
    } finally {
      folder.remove();
    }
    return report.isVerified;
  } finally {
    await drachtio?.close();
    await world.close();
  }
}

/** Says where everything is, and waits for Ctrl-C. */
async function stayUp(
  lab: World,
  folder: EdgeFolder,
  running: EdgeProcess,
  phones: readonly (LabPhone | null)[],
): Promise<void> {
  const first = [...lab.routers][0];
  const port = await first?.[1].subscriberPort('100.64.0.6');
  const told = phones.flatMap((phone) =>
    phone === null
      ? []
      : [
          `  phone         ${phone.vendor} ${phone.mac}   ${phone.lines.map(({ user }) => user).join(', ')} at 127.0.0.1:${phone.sipPort}`,
        ],
  );
  // Heard from before it is said.
  const interrupted = new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  process.stdout.write(`
The demo stays up. Ctrl-C ends it. / La demo sigue en marcha; Ctrl-C la termina.

  dashboard     ${running.api.url}/     panel de control
  API           ${running.api.url}      token: ${folder.token}
  subscriber    curl --socks5-hostname 127.0.0.1:${port ?? 0} -i http://example.test/     (due-${first?.[0] ?? ''}, ${PLACES.site})
  registrar     sip:127.0.0.1:${lab.registrar.port}
${told.join('\n')}
  ask the API   curl -H 'Authorization: Bearer ${folder.token}' ${running.api.url}/v1/phones
  a cut-off     curl -X PUT -H 'Authorization: Bearer ${folder.token}' -H 'Content-Type: application/json' ${running.api.url}/v1/subscribers/s5 -d '{"name":"Ana","router":"${first?.[0] ?? ''}","addresses":["100.64.9.5"]}'
                curl -X PUT -H 'Authorization: Bearer ${folder.token}' -H 'Content-Type: application/json' -H 'Prefer: wait=10' ${running.api.url}/v1/subscribers/s5/cutoff -d '{"reason":"Factura vencida"}'
  the CLI       node bin/wisp-edge.js --config ${folder.configFile} status

`);
  await Promise.race([interrupted, running.exited]);
}

/** A log line of level warn or worse: all that somebody watching the demo needs of the log. */
function isTrouble(line: string): boolean {
  return /"level":(40|50|60)\b/.test(line);
}
