// Reads the demo's JSON lines from stdin: nothing but steps may be there, each verified, of routers as of phones.
import { createInterface } from 'node:readline';

const LEAST = { router: 3, subscriber: 3, extension: 6, phone: 4 };

const counts = {};
for await (const line of createInterface({ input: process.stdin })) {
  const { step, subject, verified, ms } = JSON.parse(line);
  if (typeof step !== 'string' || typeof subject !== 'string' || typeof ms !== 'number' || verified !== true) {
    throw new Error(`not a verified step: ${line}`);
  }
  const noun = subject.split('/')[0];
  counts[noun] = (counts[noun] ?? 0) + 1;
}
for (const [noun, least] of Object.entries(LEAST)) {
  if ((counts[noun] ?? 0) < least) throw new Error(`only ${counts[noun] ?? 0} steps of a ${noun}`);
}
