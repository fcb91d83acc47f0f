import type { Duplex } from 'node:stream';
import type { LabClock } from '../../clock.ts';
import type { Caller, Internet, UdpService } from '../../internet.ts';
import { DelayLine } from '../delay-line.ts';
import type { ResolveName } from '../names.ts';
import { tableOf, type RouterState } from '../state.ts';
import { Connections, type Connection } from './connections.ts';
import { Firewall, firstPacket, type Admission } from './firewall.ts';
import { ipOf, reversed, type Packet } from './packet.ts';
import {
  verdictOf,
  type Dialed,
  type PacketSpec,
  type ProbeResult,
  type ProbeSpec,
  type Undelivered,
} from './probe.ts';
import { WebProxy } from './web-proxy.ts';

/** How long a UDP connection is remembered after its first packet (udp-timeout, simplified). */
const UDP_LIFE_MS = 30_000;

/** The router's data plane: packets of subscribers and strangers through its rules, its proxy, and to the internet. */
export class DataPlane {
  readonly firewall: Firewall;
  readonly connections: Connections;
  readonly proxy: WebProxy;
  /** Kept up to a thousand. */
  readonly undelivered: Undelivered[] = [];
  readonly #internet: Internet;
  readonly #udpFlows = new Map<string, Connection>();
  readonly #localUdp = new Map<number, { readonly service: UdpService; readonly isOn: () => boolean }>();
  readonly #udpEnds: DelayLine;
  readonly #clock: LabClock;

  constructor(state: RouterState, internet: Internet, resolve: ResolveName) {
    this.#clock = state.clock;
    this.#udpEnds = new DelayLine(state.clock);
    this.#internet = internet;
    this.firewall = new Firewall(state);
    this.connections = new Connections(state);
    this.proxy = new WebProxy(state, internet, resolve, () => this.firewall.addressOn('ether1', 4) ?? '0.0.0.0');
    for (const menu of ['/ip/firewall/connection', '/ipv6/firewall/connection']) {
      tableOf(state, menu).subscribe((change) => {
        if (change.kind !== 'removed') return;
        for (const [key, { id, table }] of this.#udpFlows)
          if (table.menu === menu && id === change.row.id) this.#udpFlows.delete(key);
      });
    }
  }

  /** A UDP service of the router itself (its DNS resolver), there while it is on. */
  localUdp(port: number, service: UdpService, isOn: () => boolean = () => true): void {
    this.#localUdp.set(port, { service, isOn });
  }

  /** What would become of a packet. Nothing is sent, counted, listed or used up. */
  probe(spec: ProbeSpec): ProbeResult {
    const admission = this.firewall.admit(this.#packet(spec), true);
    const { packet } = admission;
    const proxy = this.#probeProxy(spec, admission);
    return {
      verdict: verdictOf(admission, this.#isListening(packet)),
      by: admission.trail,
      rejectWith: admission.kind === 'reject' ? admission.rejectWith : null,
      destination: packet.destination,
      destinationPort: packet.destinationPort,
      seenSource: admission.kind === 'accept' ? admission.seenSource : null,
      proxy,
    };
  }

  /** Opens a TCP connection as the sender of the packet would. */
  dial(spec: PacketSpec): Dialed {
    const first = this.#packet(spec);
    const admission = this.firewall.admit(first, false);
    const { packet } = admission;
    if (admission.kind === 'drop') {
      this.#lose(packet, 'dropped', admission.trail);
      return { kind: 'silent' };
    }
    if (admission.kind === 'reject') {
      this.#lose(packet, 'rejected', admission.trail);
      return { kind: 'rejected', rejectWith: admission.rejectWith };
    }
    const stream = admission.isLocal
      ? this.#dialSelf(packet)
      : this.#internet.dial(callerOf(packet, admission.seenSource));
    if (stream === 'refuse') return { kind: 'refused' };
    if (stream === 'silent') {
      this.#lose(packet, 'nobody', admission.trail);
      return { kind: 'silent' };
    }
    return { kind: 'open', stream, connection: this.connections.open(first, packet, admission.seenSource) };
  }

  /**
   * A later packet of an open connection. Known connections meet the filter as established, fasttracked ones do not meet
   * it at all; one whose row was removed is admitted anew, and passes only if it would end at the same place.
   */
  pass(
    connection: Connection,
    direction: 'original' | 'reply',
    bytes: number,
  ): { verdict: 'pass' | 'hold' | 'reset'; connection: Connection } {
    if (!this.connections.isAlive(connection)) return this.#readmit(connection);
    if (connection.isFastTracked) return { verdict: 'pass', connection };
    const onward: Packet = { ...connection.translated, state: 'established', bytes };
    const walk = this.firewall.pass(direction === 'original' ? onward : reversed(onward));
    if (walk.isFastTracked) this.connections.fastTrack(connection);
    if (walk.verdict.kind === 'drop') return { verdict: 'hold', connection };
    if (walk.verdict.kind !== 'reject') return { verdict: 'pass', connection };
    // An ICMP error is no end to an established TCP connection (RFC 5461): the sender tries again.
    return { verdict: walk.verdict.rejectWith === 'tcp-reset' ? 'reset' : 'hold', connection };
  }

  /** Sends one datagram; replies come back through the rules. False: it was not delivered. */
  sendUdp(
    spec: PacketSpec,
    payload: Buffer,
    reply: (payload: Buffer) => void,
  ): 'delivered' | 'dropped' | 'rejected' | 'nobody' {
    const first = this.#packet(spec);
    const key = `${first.source} ${first.sourcePort} ${first.destination} ${first.destinationPort}`;
    const known = this.#udpFlows.get(key);
    if (known !== undefined) {
      const { verdict } = this.pass(known, 'original', payload.length);
      if (verdict !== 'pass') return this.#lose(known.translated, 'dropped', []);
      return this.#deliver(known, payload, reply);
    }
    const admission = this.firewall.admit({ ...first, bytes: payload.length + 28 }, false);
    if (admission.kind !== 'accept') {
      return this.#lose(admission.packet, admission.kind === 'drop' ? 'dropped' : 'rejected', admission.trail);
    }
    const connection = this.connections.open(first, admission.packet, admission.seenSource);
    this.#udpFlows.set(key, connection);
    this.#udpEnds.add(this.#clock.now() + UDP_LIFE_MS, () => {
      this.connections.close(connection);
    });
    return this.#deliver(connection, payload, reply, admission.seenSource);
  }

  close(): void {
    this.#udpEnds.clear();
    this.proxy.close();
  }

  #deliver(
    connection: Connection,
    payload: Buffer,
    reply: (payload: Buffer) => void,
    seenSource = '',
  ): 'delivered' | 'nobody' {
    const { translated } = connection;
    const caller = callerOf(translated, seenSource === '' ? translated.source : seenSource);
    const back = (answer: Buffer): void => {
      if (!this.connections.isAlive(connection)) return;
      if (this.pass(connection, 'reply', answer.length).verdict === 'pass') reply(answer);
    };
    const local = this.firewall.isLocal(translated.destinationIp);
    const service = local ? this.#udpService(translated.destinationPort) : undefined;
    service?.(payload, caller, back);
    const isTaken = local ? service !== undefined : this.#internet.send(payload, caller, back);
    return isTaken ? 'delivered' : this.#lose(translated, 'nobody', []);
  }

  #readmit(connection: Connection): { verdict: 'pass' | 'hold' | 'reset'; connection: Connection } {
    const { original, translated } = connection;
    const admission = this.firewall.admit(original, false);
    if (admission.kind === 'drop') return { verdict: 'hold', connection };
    if (admission.kind === 'reject')
      return { verdict: admission.rejectWith === 'tcp-reset' ? 'reset' : 'hold', connection };
    const { packet } = admission;
    const isSame =
      packet.destination === translated.destination && packet.destinationPort === translated.destinationPort;
    if (!isSame) return { verdict: 'reset', connection };
    return { verdict: 'pass', connection: this.connections.open(original, packet, admission.seenSource) };
  }

  #isListening({ protocol, destinationPort }: Packet): boolean {
    return protocol === 'udp' ? this.#udpService(destinationPort) !== undefined : this.proxy.listensOn(destinationPort);
  }

  #udpService(port: number): UdpService | undefined {
    const local = this.#localUdp.get(port);
    return local?.isOn() === true ? local.service : undefined;
  }

  #dialSelf(packet: Packet): Duplex | 'refuse' {
    if (!this.proxy.listensOn(packet.destinationPort)) return 'refuse';
    return this.proxy.connect({ source: packet.source, localPort: packet.destinationPort }) ?? 'refuse';
  }

  #probeProxy({ http, source }: ProbeSpec, admission: Admission): ProbeResult['proxy'] {
    const { packet } = admission;
    if (http === undefined || admission.kind !== 'accept' || !admission.isLocal) return null;
    if (!this.proxy.listensOn(packet.destinationPort)) return null;
    const decision = this.proxy.rules.decide({
      source: ipOf(source),
      method: http.method ?? 'GET',
      host: http.host,
      port: 80,
      path: http.path ?? '/',
      localPort: packet.destinationPort,
      destination: null,
    });
    const location = decision.kind === 'redirect' ? decision.location : null;
    return { kind: decision.kind, rowId: decision.row?.id ?? null, location };
  }

  #packet(spec: PacketSpec): Packet {
    const { protocol, source, destination, destinationPort } = spec;
    const inInterface = spec.isWan === true ? 'ether1' : 'bridge';
    return firstPacket({
      protocol,
      source,
      sourcePort: spec.sourcePort ?? 40_000,
      destination,
      destinationPort,
      inInterface,
    });
  }

  #lose<Why extends Undelivered['why']>(packet: Packet, why: Why, trail: readonly string[]): Why {
    if (this.undelivered.length >= 1000) this.undelivered.shift();
    this.undelivered.push({ packet, why, trail });
    return why;
  }
}

function callerOf(packet: Packet, seenSource: string): Caller {
  const { sourcePort, destination, destinationPort } = packet;
  return { source: seenSource, sourcePort, destination, destinationPort };
}
