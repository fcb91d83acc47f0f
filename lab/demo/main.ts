import { parseArgs } from 'node:util';
import { PLACES, startWorld, type World } from '../world.ts';
import { startEdge, type Edge } from './edge.ts';
import { mainJob } from './job.ts';
import { makeReport } from './report.ts';

const { values } = parseArgs({
  options: { once: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
});

process.exitCode = (await demo()) ? 0 : 1;

/** Starts a world and the product on it, does the main job on each router; true when every step was verified. */
async function demo(): Promise<boolean> {
  const world = await startWorld({
    routers: [
      { id: 'rb-724', version: '7.24', preset: 'home', tls: true },
      { id: 'rb-716', version: '7.16', preset: 'home', tls: true },
      { id: 'rb-649', version: '6.49', preset: 'home', tls: true },
    ],
  });
  try {
    const report = makeReport(process.stdout, process.stderr, values.json, () => performance.now());
    const edge = await startEdge(world);
    try {
      for (const id of world.routers.keys()) await mainJob(world, id, edge.api, report);
      if (!values.once) await stayUp(world, edge);
    } finally {
      await edge.stop();
    }
    return report.isVerified;
  } finally {
    await world.close();
  }
}

/** Says where everything is, and waits for Ctrl-C. */
async function stayUp(lab: World, running: Edge): Promise<void> {
  const first = [...lab.routers][0];
  const port = await first?.[1].subscriberPort('100.64.0.6');
  process.stdout.write(`
The demo stays up. Ctrl-C ends it. / La demo sigue en marcha; Ctrl-C la termina.

  API           ${running.api.url}      token: ${running.token}
  subscriber    curl --socks5-hostname 127.0.0.1:${port ?? 0} -i http://example.test/     (due-${first?.[0] ?? ''}, ${PLACES.site})
  ask the API   curl -H 'Authorization: Bearer ${running.token}' ${running.api.url}/v1/routers
  the CLI       node bin/wisp-edge.js --config ${running.configFile} status

`);
  const interrupted = new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await Promise.race([interrupted, running.exited]);
}
