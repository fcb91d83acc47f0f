import { parseArgs } from 'node:util';
import { PLACES, startWorld, type World } from '../world.ts';
import { edgeFor } from './edge.ts';
import type { EdgeFolder, EdgeProcess } from './edge-process.ts';
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
    const folder = edgeFor(world);
    const edge = await folder.start((line) => {
      if (values.json || isTrouble(line)) process.stderr.write(`${line}\n`);
    });
    try {
      for (const id of world.routers.keys()) await mainJob(world, id, edge.api, report);
      if (!values.once) await stayUp(world, folder, edge);
    } finally {
      await edge.stop();
      folder.remove();
    }
    return report.isVerified;
  } finally {
    await world.close();
  }
}

/** Says where everything is, and waits for Ctrl-C. */
async function stayUp(lab: World, folder: EdgeFolder, running: EdgeProcess): Promise<void> {
  const first = [...lab.routers][0];
  const port = await first?.[1].subscriberPort('100.64.0.6');
  process.stdout.write(`
The demo stays up. Ctrl-C ends it. / La demo sigue en marcha; Ctrl-C la termina.

  API           ${running.api.url}      token: ${folder.token}
  subscriber    curl --socks5-hostname 127.0.0.1:${port ?? 0} -i http://example.test/     (due-${first?.[0] ?? ''}, ${PLACES.site})
  ask the API   curl -H 'Authorization: Bearer ${folder.token}' ${running.api.url}/v1/routers
  the CLI       node bin/wisp-edge.js --config ${folder.configFile} status

`);
  const interrupted = new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await Promise.race([interrupted, running.exited]);
}

/** A log line of level warn or worse: all that somebody watching the demo needs of the log. */
function isTrouble(line: string): boolean {
  return /"level":(40|50|60)\b/.test(line);
}
