import Fastify from 'fastify';
import { PHONE_BACKLOG } from '../provisioner/phone-listener.ts';

/** A bare fastify route that sends as many bytes as asked for, in a process of its own; says its port over IPC. */
const body = Buffer.alloc(Number(process.argv[2]), 'x');
const bare = Fastify();
bare.get('/:file', (_request, reply) => reply.header('content-type', 'text/plain').send(body));
await bare.listen({ host: '127.0.0.1', port: 0, backlog: PHONE_BACKLOG });
const address = bare.server.address();
process.on('disconnect', () => {
  void bare.close().then(() => process.exit());
});
if (address !== null && typeof address !== 'string') process.send?.(address.port);
