import { onTestFinished } from 'vitest';
import { sipClient, systemRandomHex } from '../../adapters/sip/client.ts';
import { embeddedStack } from '../../adapters/sip/embedded/stack.ts';
import { describeSipClient } from './contract.ts';

describeSipClient({
  name: 'embedded',
  open: () => {
    const client = sipClient(embeddedStack(), systemRandomHex);
    onTestFinished(() => client.close());
    return Promise.resolve(client);
  },
});
