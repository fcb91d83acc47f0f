import { readFileSync } from 'node:fs';
import { Secret } from '../../schemas/secret.ts';
import type { PhoneIntent, RotationAdvance } from '../phone-ports.ts';
import { openStore } from '../sqlite/open.ts';

/** Rotates one extension after the other to its end, and says each number only after the store has acknowledged it. */
const [, , file = '', keyFile = ''] = process.argv;
const { control, provisioner } = openStore({
  file,
  openWith: { provisioner: new Secret(readFileSync(keyFile, 'utf8')) },
});
const extension = { registrar: 'iplan', displayName: 'Ana', owner: 'isp' } as const;
const batch = { canary: 1, wave: 1 };

for (let n = 1; ; n += 1) {
  const [number, rotation] = [`e${n}`, `rot-${n}`];
  const sipKey = (text: string) => ({ secret: new Secret(text), mark: text, refusedBy: [] });
  const ask = (intent: PhoneIntent) => {
    const operation = `${intent.kind}-${n}`;
    return control.acceptPhoneIntent(intent, { actor: { name: 'test', via: 'daemon' }, at: n, operation, routers: [] });
  };
  await ask({ kind: 'put-extension', number, extension, sipKey: sipKey(`old-${n}`) });
  const newKeys = new Map([[number, sipKey(`new-${n}`)]]);
  await ask({ kind: 'rotate', rotation, extensions: [number], newKeys, batch, reason: 'test' });
  const advance = async (over: Partial<RotationAdvance>): Promise<void> => {
    const open = (await provisioner.openRotations()).find(({ id }) => id === rotation)?.extensions[0];
    if (open === undefined) throw new Error('the rotation is gone');
    const { step, revision, progress } = open;
    const unmoved = { at: n, end: null, evidence: [], serve: null, operation: null };
    await provisioner.advanceRotation({ rotation, number, revision, step, progress, ...unmoved, ...over });
  };
  await advance({ step: 'staged', serve: 'new' });
  await advance({ step: 'committed', end: 'committed' });
  process.stdout.write(`${n}\n`);
}
