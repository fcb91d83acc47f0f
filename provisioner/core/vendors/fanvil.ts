import type { Capabilities, PhoneHome } from './model.ts';

/**
 * What both ways of writing to a Fanvil share: values, not names. Sources: "Fanvil VoIP Auto Provision Standard" 1.1;
 * Wazo wazo_fanvil; FusionPBX; Tancredi.
 */
export const FANVIL_TRANSPORTS = { udp: 0, tcp: 1, tls: 3 } as const;

/** Where a Fanvil fetches from, in its own terms. */
export interface FanvilWay {
  /** With scheme and port, as Wazo and FusionPBX give it; Tancredi gives the bare host. */
  readonly server: string;
  /** Below the server, without a slash before it; the phone puts its MAC for `$mac`, in lower case. */
  readonly file: string;
  /** 1 FTP, 2 TFTP, 4 HTTP, 5 HTTPS. */
  readonly protocol: 4 | 5;
}

/** When it fetches. */
export interface FanvilPace {
  /** 1 fetches after a restart only; 2 every `hours` too. */
  readonly mode: 2;
  readonly hours: number;
}

export function fanvilWay(url: string): FanvilWay {
  const [, scheme = '', authority = '', path = ''] = /^(https?):\/\/([^/]*)\/(.*?)\/*$/.exec(url) ?? [];
  return {
    server: `${scheme}://${authority}`,
    file: `${path}/$mac.cfg`,
    protocol: scheme === 'https' ? 5 : 4,
  };
}

export function fanvilPace({ pollMinutes }: PhoneHome): FanvilPace {
  return { mode: 2, hours: Math.max(1, Math.round(pollMinutes / 60)) };
}

/** Which text it is, of those of one version: a phone comes from a URL that is left over the enrolment to the new one. */
const STEPS = { left: 0, enrolment: 1, home: 2 } as const;

/**
 * Only a file above the one applied last is applied (i23 manual p. 47), so an enrolment must be above what an enrolled phone
 * has, and what it leads to above the enrolment. Files of others are versions 1 and 2, with as many as ten decimals; ours
 * are above these as numbers and as text, and seconds since the epoch, thrice, have ten until 2075. Wazo and FusionPBX never raise theirs and are applied all the same, so some
 * firmware goes by the content; a version that rises is right for both.
 */
export function fanvilVersion({ version }: PhoneHome, step: keyof typeof STEPS): string {
  return `3.${String(version * 3 + STEPS[step]).padStart(10, '0')}`;
}

/** What is claimed of both. */
export const FANVIL_CLAIMS: Omit<Capabilities, 'account' | 'clears' | 'takesCredentials' | 'keepsHome'> = {
  polls: { is: true, standing: 'proven', source: 'Tancredi: mode 2, its interval counts hours; an hour at least' },
  resyncs: {
    is: true,
    standing: 'inferred',
    source:
      'NethVoice sends it to Fanvils whose NotifyReboot Tancredi made 0; a field report: it restarts (phones guide 2)',
  },
  challengesNotify: { is: false, standing: 'inferred', source: 'no peer answers a challenge' },
  skipsKnown: { is: true, standing: 'documented', source: 'i23 manual p. 47: only a higher version' },
  localOutranks: { is: false, standing: 'inferred', source: 'no guide says that they do' },
};
