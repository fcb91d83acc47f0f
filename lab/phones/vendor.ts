/** One account as a phone's settings say it. */
export interface LabLine {
  /** 1 = the first. */
  readonly position: number;
  readonly user: string;
  readonly authUser: string;
  readonly key: string;
  readonly displayName: string;
  readonly host: string;
  /** null: the phone asks DNS, or takes 5060. */
  readonly port: number | null;
  readonly transport: 'udp' | 'tcp' | 'tls';
  readonly expiresSeconds: number;
}

/** Everything a phone has stored, by the vendor's own names. */
export type Flash = Map<string, string>;

/** What a phone does with a file: `skipped` is what it does with one it knows already. */
export type Applied = 'applied' | 'skipped' | 'rejected';

/** Which phone: by vendor, and where a vendor's models read two ways of writing, by that. */
export type LabVendor =
  | 'yealink'
  | 'grandstream'
  | 'snom'
  | 'poly'
  | 'panasonic'
  | 'grandstream-aliases'
  | 'gigaset-n510'
  | 'gigaset-nx70'
  | 'fanvil-xml'
  | 'fanvil-text'
  | 'htek'
  | 'akuvox'
  | 'cisco-spa'
  | 'cisco-mpp'
  | 'mitel';

/** What came for a file: its bytes, and how its header says that they are coded. */
export interface LabAnswer {
  readonly body: Buffer;
  readonly contentEncoding: string | null;
}

/** How one vendor's phones behave; the lab's own reading of the vendors' guides. */
export interface VendorRules {
  readonly vendor: LabVendor;
  /** What it says on the phone. */
  readonly model: string;
  /** As it is really sent; `null` for a phone that does not tell its MAC. */
  userAgent(mac: string | null): string;
  /** What a person who types a URL into it, or DHCP, leaves in its memory, where that is more than a place to look at. */
  typed?(url: string, flash: Flash): void;
  /**
   * File names, or whole URLs, in the order they are asked for. The next one is read off when the one before it was
   * applied.
   */
  files(mac: string, flash: Flash): Iterable<string>;
  /** What its bytes are read as; UTF-8 where it is not said. */
  readonly encoding?: BufferEncoding;
  /**
   * What an encrypted file says, read with the key that is in the phone's memory; null for one that it cannot read. Left out:
   * its files are plain. `asked` is the file name or URL that it asked for.
   */
  decrypted?(answer: LabAnswer, asked: string, mac: string, flash: Flash): Buffer | null;
  /** Stores what the file says. `known` holds what is remembered of earlier files. */
  apply(file: string, text: string, mac: string, flash: Flash, known: Map<string, string>): Applied;
  /** Where it fetches from, as far as the settings say. */
  provisioningUrl(flash: Flash): string | null;
  /** A file that leads it elsewhere counts from its next fetch on: it does not go there at once. */
  readonly movesLater?: true;
  lines(flash: Flash): readonly LabLine[];
  /** What an Event value makes it do; null: it does not know the event (489). */
  onEvent(event: string, flash: Flash): 'fetch' | 'reboot' | 'ignore' | null;
  /** Whether it asks who sends a NOTIFY, as it comes from the factory. */
  readonly challengesNotify: boolean;
  /** Whether a start alone makes it fetch. */
  fetchesAtStart(flash: Flash): boolean;
}

/** `host`, `host:port`; an IPv6 address in brackets. */
export function hostAndPort(text: string): { readonly host: string; readonly port: number | null } {
  const [, host = text, port] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(text) ?? [];
  return { host, port: port === undefined ? null : Number(port) };
}

export function transportOf(number: string | undefined): LabLine['transport'] {
  return number === '1' ? 'tcp' : number === '2' ? 'tls' : 'udp';
}
