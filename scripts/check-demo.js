// Reads the demo's JSON lines from stdin: nothing but steps may be there, at least six, each verified.
import { createInterface } from 'node:readline';

let count = 0;
for await (const line of createInterface({ input: process.stdin })) {
  const { step, subject, verified, ms } = JSON.parse(line);
  if (typeof step !== 'string' || typeof subject !== 'string' || typeof ms !== 'number' || verified !== true) {
    throw new Error(`not a verified step: ${line}`);
  }
  count += 1;
}
if (count < 6) throw new Error(`only ${count} steps`);
