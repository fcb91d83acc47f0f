import type { ErrorCode } from '../../../schemas/app-error.ts';
import type { Row } from '../row.ts';
import type { RouterSettings } from '../settings.ts';

/** What the doctor asks a router: the menu and the properties of each question. */
export const QUESTIONS = {
  resource: { menu: '/system/resource', properties: 'version,uptime,free-hdd-space,total-hdd-space,board-name' },
  deviceMode: { menu: '/system/device-mode', properties: '' },
  users: { menu: '/user', properties: 'name,group,disabled,address,last-logged-in' },
  groups: { menu: '/user/group', properties: 'name,policy' },
  active: { menu: '/user/active', properties: 'name,address,via,when' },
  services: {
    menu: '/ip/service',
    properties: 'name,port,address,available-from,disabled,dynamic,certificate,max-sessions,tls-version',
  },
  clock: { menu: '/system/clock', properties: 'date,time,gmt-offset,time-zone-name' },
  ntp: { menu: '/system/ntp/client', properties: 'enabled,status' },
  dns: { menu: '/ip/dns', properties: 'servers,dynamic-servers,allow-remote-requests,address-list-extra-time' },
  routes: { menu: '/ip/route', properties: 'dst-address,gateway,immediate-gw,gateway-status,active,disabled' },
  addresses: { menu: '/ip/address', properties: 'address,network,interface,actual-interface,disabled,invalid' },
  addresses6: { menu: '/ipv6/address', properties: 'address,interface,disabled,invalid,link-local' },
  dhcpServers: { menu: '/ip/dhcp-server', properties: '.id,name,interface,relay,disabled,invalid,dhcp-option-set' },
  members: { menu: '/interface/list/member', properties: 'list,interface,disabled' },
  proxy: { menu: '/ip/proxy', properties: 'enabled,port' },
  access: { menu: '/ip/proxy/access', properties: null },
  filter: { menu: '/ip/firewall/filter', properties: null },
  nat: { menu: '/ip/firewall/nat', properties: null },
  filter6: { menu: '/ipv6/firewall/filter', properties: null },
  lists: { menu: '/ip/firewall/address-list', properties: 'list,address,comment,disabled,dynamic,creation-time' },
  lists6: { menu: '/ipv6/firewall/address-list', properties: 'list,address,comment,disabled,dynamic,creation-time' },
} as const;
export type Question = keyof typeof QUESTIONS;

/** One question's answer. `absent`: this RouterOS has no such menu. */
export type Answer =
  | { readonly kind: 'rows'; readonly rows: readonly Row[] }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unseen'; readonly code: ErrorCode; readonly why: string };

/** How far the way to the router goes. */
export type LinkFacts =
  | { readonly kind: 'up' }
  | {
      readonly kind: 'down';
      readonly stop: 'refused' | 'reset' | 'closed' | 'timeout' | 'unreachable' | 'mute' | 'tls' | 'login';
      readonly why: string;
    };

/** Whom a TLS handshake met. */
export type PeerFacts =
  | {
      readonly kind: 'certificate';
      readonly sha256: string;
      readonly subject: string;
      readonly isSelfSigned: boolean;
      /** ms since the epoch. */
      readonly validFrom: number;
      readonly validTo: number;
      /** The last day, for people. */
      readonly lastDay: string;
      /** Why the configured CA does not vouch for it; null where it does, or where a pin is compared instead. */
      readonly distrust: string | null;
    }
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'failed'; readonly why: string };

/** What one port of one address of the portal answered this box. `fault` null: as it should. */
export interface PortalFacts {
  readonly address: string;
  readonly https: { readonly kind: 'ok' | 'closed' | 'certificate'; readonly why: string };
  readonly http: { readonly kind: 'ok' | 'closed'; readonly why: string };
}

/** What the proxy's port answered this box, over HTTP. */
export type ProxyAnswer =
  | { readonly kind: 'answered'; readonly status: number; readonly location: string | null }
  | { readonly kind: 'refused' | 'silent' };

/** How the configuration says that the peer is known. */
export type TlsFacts =
  { readonly kind: 'plain' } | { readonly kind: 'ca' } | { readonly kind: 'pin'; readonly sha256: string };

/** Everything that was seen, as it was seen: what follows from it is decided by the checks. */
export interface DoctorFacts {
  /** This box's clock, ms, when the router's was read. */
  readonly now: number;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly tls: TlsFacts;
  readonly settings: RouterSettings;
  /** The router is on its way from WispHub to us, or back: its mode follows the steps of that. */
  readonly isInAdoption?: boolean;
  readonly link: LinkFacts;
  readonly peer: PeerFacts | null;
  /** Empty when the router could not be asked. */
  readonly answers: ReadonlyMap<Question, Answer>;
  readonly proxyAnswer: ProxyAnswer | null;
  readonly domain: string | null;
  readonly portal: readonly PortalFacts[];
  readonly resolvers: readonly { readonly resolver: string; readonly isAnswer: boolean; readonly why: string }[];
  readonly site: {
    readonly subscribers: number;
    readonly withIpv6: number;
    /** Subscribers with a cut-off or a notice. */
    readonly pages: number;
  };
}

/** The rows of an answer; none where the menu is absent or was not seen. */
export function answered(facts: Pick<DoctorFacts, 'answers'>, question: Question): readonly Row[] {
  const answer = facts.answers.get(question);
  return answer?.kind === 'rows' ? answer.rows : [];
}

/** True when the router answered that question with rows, of which there may be none. */
export function isSeen(facts: Pick<DoctorFacts, 'answers'>, question: Question): boolean {
  return facts.answers.get(question)?.kind === 'rows';
}
