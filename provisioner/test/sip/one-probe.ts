import pino from 'pino';
import { openSipClient } from '../../adapters/sip/open.ts';
import { at, BRIEF, credential } from './harness-values.ts';

/** Probes a port once, never closes its client, and must end by itself. */
const client = openSipClient({ stack: 'embedded' }, { log: pino({ level: 'silent' }) });
const { kind } = await client.probe(at({ port: Number(process.argv[2]) }), credential(), BRIEF);
process.stdout.write(kind);
