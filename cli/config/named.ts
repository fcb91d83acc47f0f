import type { Config } from '../../schemas/config/config.ts';
import type { SecretSource } from '../../schemas/config/secret-source.ts';

/** The sections whose daemons run, or all. */
type Sections = Pick<Config, 'agent' | 'provisioner' | 'control'>;

/** Every secret that the sections of this configuration name. */
export function* secretsOf({
  agent,
  provisioner,
  control,
}: Sections): Iterable<{ readonly where: string; readonly source: SecretSource }> {
  for (const { id, password } of agent?.routers ?? []) {
    yield { where: `agent.routers ${id} password`, source: password };
  }
  if (provisioner?.sip.stack === 'drachtio') yield { where: 'provisioner.sip.secret', source: provisioner.sip.secret };
  if (provisioner?.tls !== undefined) yield { where: 'provisioner.tls.key', source: provisioner.tls.key };
  if (provisioner?.legacyTls !== undefined)
    yield { where: 'provisioner.legacyTls.key', source: provisioner.legacyTls.key };
  if (control?.tls !== undefined) yield { where: 'control.tls.key', source: control.tls.key };
  if (control?.central.key !== undefined) {
    yield { where: 'control.central.key', source: control.central.key };
  }
}

/** Every certificate file they name. */
export function* filesOf({
  agent,
  provisioner,
  control,
}: Sections): Iterable<{ readonly where: string; readonly path: string }> {
  for (const { id, tls } of agent?.routers ?? []) {
    if (tls !== false && 'ca' in tls) yield { where: `agent.routers ${id} tls.ca`, path: tls.ca };
  }
  if (provisioner?.tls !== undefined) yield { where: 'provisioner.tls.certificate', path: provisioner.tls.certificate };
  if (provisioner?.legacyTls !== undefined)
    yield { where: 'provisioner.legacyTls.certificate', path: provisioner.legacyTls.certificate };
  for (const { vendor, ca } of provisioner?.tls?.clientCa ?? [])
    yield { where: `provisioner.tls.clientCa ${vendor}`, path: ca };
  if (control?.tls !== undefined) yield { where: 'control.tls.certificate', path: control.tls.certificate };
}
