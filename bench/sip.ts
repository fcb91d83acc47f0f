import { fork } from 'node:child_process';
import { once, setMaxListeners } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pino from 'pino';
import { findKamailio, startKamailio, type Kamailio } from '../lab/test/kamailio.ts';
import { findSipp, runSippRegister } from '../lab/test/sipp.ts';
import { systemClock } from '../provisioner/adapters/clock.ts';
import { openSipClient, type SipOptions } from '../provisioner/adapters/sip/open.ts';
import type { Registrar } from '../provisioner/core/registrar.ts';
import type { SipClient, SipCredential } from '../provisioner/ports.ts';
import { Prober } from '../provisioner/prober.ts';
import { Secret } from '../schemas/secret.ts';
import type { Figure } from './rows.ts';

const IN_FLIGHT = 16;
const PROBES = 2500;
/** Each in turn, so that whatever else the machine does falls on all; the median counts. */
const ROUNDS = 5;
const log = pino({ level: 'silent' });
const ONE: SipCredential = { number: '1001', authUser: '1001', key: new Secret('s3cret-1001') };
const OTHER: SipCredential = { number: '1002', authUser: '1002', key: new Secret('s3cret-1002') };

interface Contender {
  readonly name: string;
  /** At least so much of sipp's rate; null: told only. */
  readonly target: number | null;
  readonly rate: () => Promise<number>;
  readonly close: () => Promise<void>;
}

/** Row 7: proofs of a key a second at one Kamailio, beside sipp; and how well the limiter keeps its rate. */
export async function row7(): Promise<readonly Figure[]> {
  if (!findKamailio().isThere || !findSipp().isThere) {
    return [{ row: 7, what: 'credential probes: kamailio or sipp is missing', value: '', target: '', holds: null }];
  }
  const kamailio = await startKamailio();
  const contenders: Contender[] = [];
  try {
    contenders.push(await embedded(kamailio), await throughDouble(kamailio));
    const real = drachtioOptions();
    if (real !== null) contenders.push(await contender('drachtio, a real server', null, real, kamailio));
    const sipp: number[] = [];
    const rates = new Map<Contender, number[]>(contenders.map((each) => [each, []]));
    for (let round = 0; round < ROUNDS; round += 1) {
      sipp.push(await sippRate(kamailio));
      for (const [each, found] of rates) found.push(await each.rate());
    }
    return [
      {
        row: 7,
        what: `sipp, ${IN_FLIGHT} REGISTERs with digest in flight`,
        value: `${median(sipp).toFixed(0)}/s`,
        target: '',
        holds: null,
      },
      ...[...rates].map(([{ name, target }, found]): Figure => {
        const ratio = median(found) / median(sipp);
        return {
          row: 7,
          what: `probes over sipp's, ${name} (${median(found).toFixed(0)}/s)`,
          value: ratio.toFixed(2),
          target: target === null ? '' : `≥ ${target}`,
          holds: target === null ? null : ratio >= target,
        };
      }),
      await limited(kamailio, 50, 5),
    ];
  } finally {
    for (const { close } of contenders) await close();
    await kamailio.close();
  }
}

/** sipp's start and end are not its registrations: they are taken off. */
async function sippRate({ port }: Kamailio): Promise<number> {
  const asked = { port, user: '1001', password: 's3cret-1001', inFlight: IN_FLIGHT };
  const one = await runSippRegister({ ...asked, count: 1 });
  const many = await runSippRegister({ ...asked, count: PROBES });
  if (one.code !== 0 || many.code !== 0) throw new Error(`sipp ended with ${one.code} and ${many.code}`);
  return ((PROBES - 1) / (many.ms - one.ms)) * 1000;
}

function embedded(kamailio: Kamailio): Promise<Contender> {
  return contender('embedded', 0.3, { stack: 'embedded' }, kamailio);
}

async function throughDouble(kamailio: Kamailio): Promise<Contender> {
  const child = fork(join(import.meta.dirname, 'sip-double-process.ts'), { execArgv: ['--import', 'tsx'] });
  const told = await new Promise<unknown>((resolve) => child.once('message', resolve));
  if (typeof told !== 'object' || told === null || !('port' in told)) throw new Error('the double named no port');
  const options = {
    stack: 'drachtio',
    host: '127.0.0.1',
    port: Number(told.port),
    secret: new Secret('bench'),
  } as const;
  const made = await contender('drachtio, through the lab’s double', 0.2, options, kamailio);
  return {
    ...made,
    async close() {
      await made.close();
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}

async function contender(
  name: string,
  target: number | null,
  options: SipOptions,
  kamailio: Kamailio,
): Promise<Contender> {
  const client = openSipClient(options, { log });
  const until = performance.now() + 10_000;
  while (!client.readiness().isReady) {
    if (performance.now() > until) throw new Error(`${name}: ${client.readiness().detail ?? ''}`);
    await wait(10);
  }
  await probes(client, kamailio, 500);
  return {
    name,
    target,
    rate: async () => {
      const from = performance.now();
      await probes(client, kamailio, PROBES);
      return (PROBES / (performance.now() - from)) * 1000;
    },
    close: () => client.close(),
  };
}

async function probes(client: SipClient, kamailio: Kamailio, count: number): Promise<void> {
  let left = count;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const answer = await client.probe(at(kamailio), ONE, { deadlineMs: 8000 });
      if (answer.kind !== 'valid') throw new Error(`${client.stack}: ${JSON.stringify(answer)}`);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
}

/** The prober asks for so many seconds at its rate: counted from its first question to its last. */
async function limited(kamailio: Kamailio, perSecond: number, seconds: number): Promise<Figure> {
  const client = openSipClient({ stack: 'embedded' }, { log });
  const times: number[] = [];
  const counted: SipClient = {
    ...client,
    probe: (...args) => {
      times.push(performance.now());
      return client.probe(...args);
    },
  };
  const prober = new Prober({
    client: counted,
    limits: { perSecond, inFlight: IN_FLIGHT, deadlineMs: 8000 },
    ledger: { record: () => Promise.resolve(), earlier: [] },
    markOf: () => 'mark',
    clock: systemClock,
  });
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  const registrar = at(kamailio);
  try {
    await Promise.all(
      Array.from({ length: perSecond * seconds + 1 }, async (_, turn) => {
        // One extension is asked one thing at a time.
        const user = turn % 2 === 0 ? ONE : OTHER;
        const told = await prober.verify(registrar, user, { isAskedFor: false, signal });
        if (told.kind !== 'verdict' || told.verdict !== 'valid') throw new Error('a probe was not valid');
      }),
    );
  } finally {
    await client.close();
  }
  const rate = ((times.length - 1) / ((times.at(-1) ?? 0) - (times[0] ?? 0))) * 1000;
  const off = Math.abs(rate / perSecond - 1);
  return {
    row: 7,
    what: `limiter at ${perSecond}/s for ${seconds} s: its rate`,
    value: `${rate.toFixed(2)}/s`,
    target: '± 5 %',
    holds: off <= 0.05,
  };
}

function at({ port }: Kamailio): Registrar {
  return {
    id: 'kamailio',
    domain: '127.0.0.1',
    domainPort: null,
    transport: 'udp',
    host: '127.0.0.1',
    port,
    probeMode: 'query',
  };
}

/** `DRACHTIO_URL`: drachtio://secret@host:port. */
function drachtioOptions(): SipOptions | null {
  const [, secret = '', host, port] =
    /^drachtio:\/\/([^@]*)@([^:/]+):(\d+)\/?$/.exec(process.env['DRACHTIO_URL'] ?? '') ?? [];
  return host === undefined ? null : { stack: 'drachtio', host, port: Number(port), secret: new Secret(secret) };
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}
