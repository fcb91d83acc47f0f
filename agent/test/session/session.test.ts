import { describe } from 'vitest';
import { routerConnector } from '../../adapters/routeros/connect.ts';
import { faultContract } from './contract-faults.ts';
import { sessionContract } from './contract.ts';
import { tlsContract } from './contract-tls.ts';

describe.each(['native', 'node-routeros'] as const)('the %s driver', (driver) => {
  const connect = routerConnector(driver);
  sessionContract(connect);
  faultContract(connect);
  tlsContract(connect);
});
