import type { Event } from '../../schemas/event.ts';

/** One event of text/event-stream; JSON has no raw line breaks, so one `data` line does (HTML Living Standard §9.2.6). */
export function serverSentEvent(event: Event): string {
  const type = event.type.replace(/[\r\n]/g, ' ');
  return `id: ${String(event.seq)}\nevent: ${type}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** A comment that keeps the connection, and proxies on its way, awake. */
export const HEARTBEAT = ': alive\n\n';

/** Sent first: how long a client waits before it comes again. */
export const RETRY = 'retry: 2000\n\n';
