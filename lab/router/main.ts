import { once } from 'node:events';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { startWorld } from '../world.ts';
import { PRESETS, readOptions, VERSIONS, type LabOptions } from './options.ts';
import { TEXTS } from './texts.ts';

/** `npm run lab`: one router with the lab's DNS and internet behind it, until Ctrl-C. */
const FLAGS = {
  preset: { type: 'string', default: 'home' },
  routeros: { type: 'string', default: '7.24' },
  id: { type: 'string', default: 'rb-lab' },
  port: { type: 'string', default: '0' },
  tls: { type: 'boolean', default: false },
  user: { type: 'string', default: 'edge' },
  subscriber: { type: 'string', multiple: true, default: [] },
  lang: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const satisfies ParseArgsConfig['options'];

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const locale = process.env['LC_ALL'] ?? process.env['LC_MESSAGES'] ?? process.env['LANG'] ?? 'en';
  const spoken = args[args.indexOf('--lang') + 1];
  const texts = TEXTS[(args.includes('--lang') ? spoken : locale)?.startsWith('es') === true ? 'es' : 'en'];
  try {
    const { values } = parseArgs({ args: [...args], options: FLAGS, strict: true });
    if (values.help) {
      process.stdout.write(texts.help(PRESETS, VERSIONS));
      return 0;
    }
    await serve(readOptions({ ...values, password: process.env['LAB_PASSWORD'] ?? 'edge' }, texts), texts);
    return 0;
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    process.stderr.write(`${error.message}\n\n${texts.help(PRESETS, VERSIONS)}`);
    return 64;
  }
}

async function serve(
  { id, preset, version, port, isTls, user, password, subscribers }: LabOptions,
  texts: (typeof TEXTS)['en'],
): Promise<void> {
  const ports = isTls ? { tls: true, tlsPort: port } : { port };
  const world = await startWorld({ routers: [{ id, preset, version, users: [{ name: user, password }], ...ports }] });
  const router = world.router(id);
  const pin = router.certificate === null ? 'false' : `{ pin: "sha256:${router.certificate.sha256}" }`;
  const entry = [
    'portal:',
    `  domain: ${world.domain}`,
    `  cnameTargets: [${world.cnameTarget}]`,
    `  resolvers: ["${world.dns.host}:${String(world.dns.port)}"]`,
    'routers:',
    `  - id: ${id}`,
    `    host: ${router.host}`,
    `    port: ${String(isTls ? router.tlsPort : router.port)}`,
    `    tls: ${pin}`,
    `    user: ${user}`,
    '    password: { env: LAB_PASSWORD }',
  ];
  process.stdout.write(`${texts.runs(id, version, preset)}\n${entry.map((line) => `  ${line}\n`).join('')}`);
  process.stdout.write(`${texts.password}\n`);
  for (const address of subscribers) {
    const socks = await router.subscriberPort(address);
    process.stdout.write(
      `${texts.browses(address)}\n  curl --proxy socks5h://127.0.0.1:${String(socks)} http://www.example.test/\n`,
    );
  }
  // Heard from before it is said: whoever reads that may end it at once.
  const isTold = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  process.stdout.write(`${texts.ends}\n`);
  await isTold;
  await world.close();
}
