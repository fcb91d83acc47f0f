import { describe, onTestFinished } from 'vitest';
import { describeSipClient } from './contract.ts';
import { drachtioFromEnvironment, linked, untilReady } from './drachtio-server.ts';
import { openWatched } from './watched-client.ts';

describe.each(['frames', 'bytes'] as const)('with the frames of the admin link as %s,', (delivery) => {
  describeSipClient({
    name: 'drachtio',
    open: async () => {
      const { double, client } = await linked();
      double.setDelivery(delivery);
      return client;
    },
  });
});

const server = drachtioFromEnvironment();
const skipped = server === null ? ' (skipped: DRACHTIO_URL is not set)' : '';

describe.skipIf(server === null)(`at a real drachtio-server${skipped},`, () => {
  describeSipClient({
    name: 'drachtio',
    open: async () => {
      if (server === null) throw new Error('DRACHTIO_URL is not set');
      const client = openWatched({ stack: 'drachtio', ...server });
      onTestFinished(() => client.close());
      await untilReady(client);
      return client;
    },
  });
});
