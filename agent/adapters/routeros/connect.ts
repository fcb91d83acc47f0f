import type { ConnectRouter } from '../../ports.ts';
import { connectNative } from './native.ts';

export type DriverName = 'native' | 'node-routeros';

/** The driver of that name. `node-routeros` and what it drags along are loaded only where a router asks for it. */
export function routerConnector(driver: DriverName): ConnectRouter {
  switch (driver) {
    case 'native':
      return connectNative;
    case 'node-routeros':
      return async (target, options) => {
        const { connectNodeRouteros } = await import('./node-routeros.ts');
        return connectNodeRouteros(target, options);
      };
  }
}
