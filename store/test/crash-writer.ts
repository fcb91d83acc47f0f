import { openStore } from '../sqlite/open.ts';

/** Writes subscribers one after the other and says each number only after the store has acknowledged it. */
const [, , file = ''] = process.argv;
const { control } = openStore({ file });
for (let number = 1; ; number += 1) {
  const subscriber = { name: `S ${number}`, router: 'r0', addresses: [`10.0.${number >> 8}.${number & 255}`] };
  await control.acceptIntent(
    { kind: 'put-subscriber', id: `s${number}`, subscriber },
    { actor: { name: 'test', via: 'daemon' }, at: number, operation: `o${number}`, routers: ['r0'] },
  );
  process.stdout.write(`${number}\n`);
}
