import type { ConnectRouter } from '../../ports.ts';
import { nativeConnector } from './native.ts';
import { machineTransport, type Transport } from './transport.ts';

export type DriverName = 'native' | 'node-routeros';

/** The driver of that name. `node-routeros` and what it drags along are loaded only where a router asks for it. */
export function routerConnector(driver: DriverName, transport: Transport = machineTransport): ConnectRouter {
  switch (driver) {
    case 'native':
      return nativeConnector(transport);
    case 'node-routeros':
      return async (target, options) => {
        const { nodeRouterosConnector } = await import('./node-routeros.ts');
        return nodeRouterosConnector(transport)(target, options);
      };
  }
}
