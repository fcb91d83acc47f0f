import { expect, test } from 'vitest';
import { parseAddress } from '../../schemas/address.ts';
import type { NoticePage } from '../core/notice-pages.ts';
import { NoticeBook, type RouterPages } from './book.ts';

function page(subscriber: string, text: string, over: Partial<NoticePage> = {}): NoticePage {
  const address = parseAddress(text);
  if (address === null) throw new Error(text);
  return { subscriber, address, kind: 'cutoff', url: null, ...over };
}

function pagesOf(seq: number, ...pages: readonly NoticePage[]): RouterPages {
  return {
    seq,
    isLeading: true,
    template: 'https://{domain}/aviso/{kind}/{subscriber}/',
    domain: 'p.example.net',
    awaited: null,
    pages,
    led: [],
  };
}

test('a subscriber is found by address, and by the longest prefix where several of his router hold it', () => {
  const book = new NoticeBook();
  book.publish(
    'r0',
    pagesOf(1, page('net', '100.64.0.0/24'), page('half', '100.64.0.128/25'), page('host', '100.64.0.200')),
  );
  book.publish('r1', pagesOf(1, page('six', '2001:db8::/64')));
  const found = ['100.64.0.5', '100.64.0.129', '100.64.0.200', '100.64.1.5', '2001:db8::1', 'nonsense', ''].map(
    (source) => book.find(source)?.subscriber ?? null,
  );
  expect(found).toEqual(['net', 'half', 'host', null, null, null, null]);
});

test('I9: where two routers use the same addresses, who comes is a subscriber of the one that leads here', () => {
  const book = new NoticeBook();
  book.publish('by-proxy', { ...pagesOf(1, page('other', '100.64.0.5')), isLeading: false });
  book.publish('by-us', pagesOf(1, page('ours', '100.64.0.0/29')));
  expect(book.find('100.64.0.5')?.subscriber).toBe('ours');
  book.restore('ours', 2);
  expect(book.find('100.64.0.5')).toBeNull();
  // Published before his row is taken away: he is led here still.
  book.publish('by-us', pagesOf(2));
  expect(book.find('100.64.0.5')).toBeNull();
});

test('I9: where two routers lead the same address here, nobody sees a page that may be the other’s', () => {
  const book = new NoticeBook();
  book.publish('r0', pagesOf(1, page('s1', '100.64.0.5'), page('s3', '100.64.0.8')));
  book.publish('r1', pagesOf(1, page('s2', '100.64.0.4/30')));
  const found = (): readonly (string | null)[] =>
    ['100.64.0.5', '100.64.0.6', '100.64.0.8'].map((source) => book.find(source)?.subscriber ?? null);
  expect(found()).toEqual([null, 's2', 's3']);
  book.restore('s1', 2);
  expect(found()).toEqual([null, 's2', 's3']);
  book.publish('r0', pagesOf(3));
  expect(found()).toEqual(['s2', 's2', null]);
});

test('I9: a row that stands without a page keeps its place from the page of another router’s subscriber', () => {
  const book = new NoticeBook();
  const led = (subscriber: string | null): RouterPages => ({
    ...pagesOf(2),
    led: [{ subscriber, address: page('x', '100.64.0.5').address }],
  });
  for (const [first, second] of [
    ['row', 'page'],
    ['page', 'row'],
  ]) {
    for (const name of [first, second])
      book.publish(name ?? '', name === 'row' ? led('s1') : pagesOf(1, page('s2', '100.64.0.5')));
    expect(book.find('100.64.0.5')).toBeNull();
    // Whose row it is nobody knows.
    book.publish('row', led(null));
    expect(book.find('100.64.0.5')).toBeNull();
    // He was moved, and his row of before stands still.
    book.publish('row', led('s2'));
    expect(book.find('100.64.0.5')?.subscriber).toBe('s2');
    book.forget('row');
    book.forget('page');
  }
});

test('I6: a router is told whose page is withheld, by which other router, and for whom', () => {
  const book = new NoticeBook();
  const told = (router: string): readonly string[] =>
    book
      .rivals(router)
      .map(({ subscriber, address, router: by, rival }) => `${subscriber} ${address} ${by} ${String(rival)}`)
      .sort();
  book.publish('r0', pagesOf(1, page('s1', '100.64.0.5'), page('s3', '100.64.0.8'), page('s4', '100.64.1.0/28')));
  expect(told('r0')).toEqual([]);
  book.publish('r1', pagesOf(1, page('s2', '100.64.0.4/30'), page('s3', '100.64.0.8'), page('s5', '100.64.1.9')));
  expect(told('r0')).toEqual(['s1 100.64.0.5 r1 s2', 's4 100.64.1.0/28 r1 s5']);
  expect(told('r1')).toEqual(['s2 100.64.0.4/30 r0 s1', 's5 100.64.1.9 r0 s4']);
  const led = [{ subscriber: null, address: page('x', '100.64.0.5').address }];
  book.publish('r1', { ...pagesOf(2), led });
  expect(told('r0')).toEqual(['s1 100.64.0.5 r1 null']);
  book.publish('r1', { ...pagesOf(3), led, isLeading: false });
  expect(told('r0')).toEqual([]);
  book.publish('r1', { ...pagesOf(4), led: [{ subscriber: 's1', address: page('x', '100.64.0.5').address }] });
  expect([...told('r0'), ...told('unknown')]).toEqual([]);
});

test('a subscriber who was moved is known by the later view, and so is his restore', () => {
  const book = new NoticeBook();
  for (const [router, seq] of [
    ['before', 5],
    ['now', 8],
  ] as const)
    book.publish(router, { ...pagesOf(seq, page('s1', '100.64.0.5')), template: `https://{domain}/${router}` });
  expect(book.find('100.64.0.5')?.url).toBe('https://p.example.net/now');
  book.restore('s1', 7);
  expect(book.find('100.64.0.5')?.url).toBe('https://p.example.net/now');
  book.restore('s1', 9);
  expect(book.find('100.64.0.5')).toBeNull();
});

test('the page is the notice’s own, or the template’s', () => {
  const book = new NoticeBook();
  const own = { kind: 'custom', url: 'https://own.example/x' } as const;
  book.publish('r0', pagesOf(1, page('s1', '100.64.0.1'), page('s2', '100.64.0.2', own)));
  expect(book.find('100.64.0.1')?.url).toBe('https://p.example.net/aviso/cutoff/s1/');
  expect(book.find('100.64.0.2')?.url).toBe('https://own.example/x');
  book.publish('r0', { ...pagesOf(2, page('s1', '100.64.0.1')), domain: null });
  expect(book.find('100.64.0.1')).toBeNull();
});

test('I4: the template’s page stands in for an own one on the portal’s new domain until that is known', () => {
  const book = new NoticeBook();
  const own = page('s1', '100.64.0.1', { url: 'https://New.example.net/own?t=1' });
  book.publish('r0', { ...pagesOf(1, own), awaited: 'new.example.net' });
  expect(book.find('100.64.0.1')?.url).toBe('https://p.example.net/aviso/cutoff/s1/');
  book.publish('r0', pagesOf(2, own));
  expect(book.find('100.64.0.1')?.url).toBe('https://New.example.net/own?t=1');
});

test('I1: a restored subscriber is out at once, and no pass that began before brings him back', () => {
  const book = new NoticeBook();
  const pages = [page('s1', '100.64.0.1'), page('s2', '100.64.0.2')];
  book.publish('r0', pagesOf(10, ...pages));
  book.restore('s1', 11);
  expect([book.find('100.64.0.1'), book.find('100.64.0.2')?.subscriber]).toEqual([null, 's2']);
  book.publish('r0', pagesOf(10, ...pages));
  expect(book.find('100.64.0.1')).toBeNull();
  book.publish('r1', pagesOf(50));
  expect(book.find('100.64.0.1')).toBeNull();
  // A pass whose view knows of the restore and shows him all the same: he was cut again.
  book.publish('r0', pagesOf(12, ...pages));
  expect(book.find('100.64.0.1')?.subscriber).toBe('s1');
  book.restore('s1', 11);
  expect(book.find('100.64.0.1')?.subscriber).toBe('s1');
});
