import { systemClock } from '../clock.ts';
import { SipClient } from '../sip/client.ts';

/** Asks the registrar itself, as a phone would, what it says to a key; registers nothing. Null: no answer. */
export async function registrarSays(port: number, user: string, key: string): Promise<number | null> {
  const client = new SipClient({ clock: systemClock() });
  await client.socket.open();
  try {
    const uri = `sip:127.0.0.1:${port}`;
    const aor = `sip:${user}@127.0.0.1:${port}`;
    const flow = client.socket.udpFlow('127.0.0.1', port);
    const { response } = await client.ask(
      flow,
      { method: 'REGISTER', uri, from: aor, to: aor },
      { username: user, key },
    );
    return response?.status ?? null;
  } finally {
    await client.close();
  }
}
