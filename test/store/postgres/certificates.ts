import { execFileSync, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Why no certificates can be made; false where they can. */
export const NO_OPENSSL =
  spawnSync('openssl', ['version']).status !== 0 && 'there is no openssl to make a certificate'

/** Files of a certificate and its key. */
export interface Certificate {
  certificate: string
  key: string
}

const KIND = ['-newkey', 'rsa:2048', '-nodes']
const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' })

/** An authority of one's own. */
export function makeAuthority(folder: string, name: string): Certificate {
  const made = filesOf(folder, name)
  const files = ['-keyout', made.key, '-out', made.certificate]
  openssl('req', '-x509', ...KIND, '-days', '2', '-subj', `/CN=${name}`, ...files)
  return made
}

/** A certificate for a common name, which an authority vouches for; `hosts` are names of a server. */
export function makeCertificate(
  folder: string,
  authority: Certificate,
  name: string,
  hosts: string[] = [],
): Certificate {
  const made = filesOf(folder, name)
  const request = join(folder, `${name}.csr`)
  const extensions = join(folder, `${name}.ext`)
  openssl('req', ...KIND, '-subj', `/CN=${name}`, '-keyout', made.key, '-out', request)
  const names = hosts.map((host) => `DNS:${host}`).join(',')
  writeFileSync(extensions, names === '' ? '' : `subjectAltName=${names}\n`)
  const by = ['-CA', authority.certificate, '-CAkey', authority.key, '-CAcreateserial']
  const files = ['-in', request, '-out', made.certificate, '-extfile', extensions]
  openssl('x509', '-req', '-days', '2', ...by, ...files)
  return made
}

function filesOf(folder: string, name: string): Certificate {
  return { certificate: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) }
}
