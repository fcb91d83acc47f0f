import { expect, test } from 'vitest';
import type { JournalEntry } from '../store/terms.ts';
import { JournalFeed, type PhoneNews } from './journal-feed.ts';
import { Underway } from './underway.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function change(seq: number): JournalEntry {
  return { seq, at: '', type: 'phone.changed', subject: `phone/${seq}`, router: null, data: {} };
}

interface Read {
  readonly after: number;
  readonly answer: (entries: readonly JournalEntry[]) => void;
}

/** A feed over a journal whose reads are answered by hand. */
function feedByHand(): { readonly feed: JournalFeed; readonly reads: Read[]; readonly told: PhoneNews[] } {
  const [reads, told]: [Read[], PhoneNews[]] = [[], []];
  const feed = new JournalFeed({
    store: {
      entriesAfter: (after) =>
        new Promise((answer) => {
          reads.push({ after, answer });
        }),
      watch: () => new Promise(() => undefined),
    },
    underway: new Underway({ monotonic: () => 0 }),
    cursor: 0,
    onNews: async (news) => {
      told.push(news);
      return Promise.resolve();
    },
    onFailure: (error) => {
      throw error;
    },
  });
  return { feed, reads, told };
}

test('however many phones are sent away in one turn, the journal is read once for all of them', async () => {
  const { feed, reads, told } = feedByHand();
  const all = Promise.all(Array.from({ length: 1000 }, () => feed.catchUp()));
  await turn();
  expect(reads).toHaveLength(1);
  reads[0]?.answer([change(1)]);
  await all;
  expect(told.map(({ macs }) => macs)).toEqual([['1']]);
  expect(reads).toHaveLength(1);
});

test('who comes while a read is under way is told what was committed before he came: by the next one', async () => {
  const { feed, reads, told } = feedByHand();
  const first = feed.catchUp();
  await turn();
  let isTold = false;
  const late = Promise.all([feed.catchUp(), feed.catchUp()]).then(() => {
    isTold = true;
  });
  await turn();
  expect(reads).toHaveLength(1);
  reads[0]?.answer([]);
  await first;
  await turn();
  expect([reads.map(({ after }) => after), isTold]).toEqual([[0, 0], false]);
  reads[1]?.answer([change(1)]);
  await late;
  expect(told.map(({ macs }) => macs)).toEqual([['1']]);
  expect(reads).toHaveLength(2);
});
