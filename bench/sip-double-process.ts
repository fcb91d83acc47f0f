import { startDrachtioDouble } from '../lab/drachtio/double.ts';

/** The lab's double of drachtio-server in a process of its own, as the real one is; ends when its parent lets go of it. */
const double = await startDrachtioDouble({ secret: 'bench' });
process.on('disconnect', () => {
  void double.close().then(() => process.exit());
});
process.send?.({ port: double.port });
