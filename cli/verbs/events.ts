import { eventOf } from '../../control/journal.ts';
import { underEither } from '../../schemas/either-signal.ts';
import type { Event } from '../../schemas/event.ts';
import type { JournalReader } from '../../store/ports.ts';
import { openDesk } from '../desk.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { say, sayJson, type Invocation } from '../invocation.ts';
import type { Messages } from '../messages/messages.ts';
import { wrongInput } from '../site-desk.ts';
import { plain } from '../site-operation.ts';
import { printable } from '../table.ts';
import { timeOf } from '../times.ts';

export interface EventOptions {
  readonly json: boolean;
  readonly after?: number;
  readonly follow: boolean;
  readonly type?: string;
  readonly subject?: string;
  readonly limit: number;
}

const CHUNK = 500;
const POLL_MS = 50;

/** Shows what happened: after an event the next ones, else the last ones; `--follow` goes on until SIGINT or SIGTERM. */
export async function showEvents(invocation: Invocation, options: EventOptions): Promise<ExitCode> {
  const { json, subject, follow } = options;
  if (subject !== undefined && !/^[a-z-]+\/[A-Za-z0-9._~-]{1,64}$/.test(subject)) {
    throw wrongInput(invocation.messages.site.faults.subject(subject));
  }
  return openDesk(invocation, 'agent', async ({ store }) => {
    const { found, seq } = await earlier(store, options);
    if (!follow) {
      if (json) sayJson(invocation, { items: found });
      else for (const event of found) say(invocation, eventLine(event, invocation.messages));
      return EXIT.ok;
    }
    const print = (event: Event): void => {
      say(invocation, json ? JSON.stringify(event) : eventLine(event, invocation.messages));
    };
    for (const event of found) print(event);
    await goOn(invocation, store, seq, (event) => {
      if (isWanted(event, options)) print(event);
    });
    return EXIT.ok;
  });
}

/** The events asked for that are there already, and the journal position that was read up to. */
async function earlier(
  store: JournalReader,
  options: EventOptions,
): Promise<{ readonly found: readonly Event[]; readonly seq: number }> {
  const { after, limit } = options;
  let found: Event[] = [];
  let seq = after ?? 0;
  for (;;) {
    const entries = await store.entriesAfter(seq, CHUNK);
    for (const entry of entries) {
      if (after !== undefined && found.length === limit) return { found, seq };
      seq = entry.seq;
      const event = eventOf(entry);
      if (isWanted(event, options)) found.push(event);
    }
    // Without `after` it is the last ones that are wanted.
    if (after === undefined && found.length > limit) found = found.slice(-limit);
    if (entries.length < CHUNK) return { found, seq };
  }
}

async function goOn(
  { io }: Invocation,
  store: JournalReader,
  from: number,
  tell: (event: Event) => void,
): Promise<void> {
  const ending = new AbortController();
  const end = (): void => {
    ending.abort();
  };
  io.signals.on('SIGINT', end).on('SIGTERM', end);
  try {
    let seq = from;
    while (!ending.signal.aborted) {
      const change = new AbortController();
      const watching = underEither(change.signal, ending.signal, (either) =>
        store.watch(POLL_MS, either, () => {
          change.abort();
        }),
      );
      const entries = await store.entriesAfter(seq, CHUNK);
      for (const entry of entries) {
        seq = entry.seq;
        tell(eventOf(entry));
      }
      if (entries.length > 0) change.abort();
      await watching;
    }
  } finally {
    io.signals.off('SIGINT', end).off('SIGTERM', end);
  }
}

function isWanted({ type, subject }: Event, wanted: Pick<EventOptions, 'type' | 'subject'>): boolean {
  return type.startsWith(wanted.type ?? '') && (wanted.subject === undefined || subject === wanted.subject);
}

/** Names and words stay as the API has them; a sentence of ours among the values is told in the reader's language. */
function eventLine({ seq, at, type, subject, data }: Event, messages: Pick<Messages, 'told'>): string {
  const told = Object.entries(data).map(([name, value]) => `${name}=${plain(inLanguage(value, messages))}`);
  return printable([String(seq), timeOf(at) ?? '', type, subject, ...told].join('  '));
}

function inLanguage(value: unknown, messages: Pick<Messages, 'told'>): unknown {
  if (typeof value === 'string') return messages.told(value);
  if (Array.isArray(value)) return value.map((one: unknown) => inLanguage(one, messages));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, inLanguage(one, messages)]));
}
