import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { generateSealKeys } from '../sealed.ts';
import { temporaryFolder } from './fixture.ts';
import { phoneSite, putPhone, servedKey } from './phone-fixture.ts';

const WRITER = fileURLToPath(new URL('./phone-crash-writer.ts', import.meta.url));
const ROUNDS = 40;

test('I7, I10: after kill -9 in the middle of rotations each extension has the key that its rotation says', async () => {
  const folder = temporaryFolder();
  const [file, keyFile] = [join(folder, 'store.db'), join(folder, 'provisioner.key')];
  const keys = generateSealKeys();
  writeFileSync(keyFile, keys.privateKey.reveal());
  const child = spawn(process.execPath, ['--import', 'tsx', WRITER, file, keyFile]);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const exited = once(child, 'exit');
  let acknowledged = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged = Number(line);
    if (acknowledged === ROUNDS) child.kill('SIGKILL');
  }
  await exited;
  expect(acknowledged).toBeGreaterThanOrEqual(ROUNDS);

  const site = phoneSite(file, keys);
  const open = await site.provisioner.openRotations();
  for (let n = 1; n <= acknowledged + 1; n += 1) {
    const [number, mac] = [`e${n}`, n.toString(16).padStart(12, '0')];
    if ((await site.control.readExtension(number)) === null) {
      expect(n).toBe(acknowledged + 1);
      continue;
    }
    await site.ask(putPhone(mac, [number]), { operation: `put-phone-${n}` });
    const rotation = await site.control.readRotation(`rot-${n}`);
    const rotating = open.find(({ id }) => id === `rot-${n}`)?.extensions[0];
    if (n <= acknowledged) expect([rotation?.end, rotating]).toEqual(['committed', undefined]);
    const isNewServed = rotation?.end === 'committed' || rotating?.step === 'staged';
    expect(await servedKey(site, mac)).toBe(isNewServed ? `new-${n}` : `old-${n}`);
    if (rotating !== undefined) {
      expect([rotating.oldKey?.reveal(), rotating.newKey?.reveal()]).toEqual([`old-${n}`, `new-${n}`]);
    }
  }
});
