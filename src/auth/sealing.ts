import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { SETTINGS } from '../settings.ts'
import type { Key } from '../store/store.ts'
import { KeyringError } from './errors.ts'

/**
 * The sealed form of key material, AES-256-GCM under a key derived from the master key:
 *
 *   version (1 byte) ‖ nonce (12 bytes) ‖ ciphertext ‖ tag (16 bytes)
 *
 * Version, purpose and key id are authenticated with it, so that one key's material cannot be put in another's
 * place. Random nonces are safe here: a deployment seals some keys a year, GCM allows 2^32.
 */
const VERSION = 1
const NONCE_BYTES = 12
const TAG_BYTES = 16
const CIPHER = 'aes-256-gcm'

type Named = Pick<Key, 'keyId' | 'purpose'>

export function sealMaterial(masterKey: Uint8Array, key: Named, material: Uint8Array): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(CIPHER, sealingKey(masterKey), nonce).setAAD(nameOf(key))
  const ciphertext = Buffer.concat([cipher.update(material), cipher.final()])
  return Buffer.concat([Buffer.from([VERSION]), nonce, ciphertext, cipher.getAuthTag()])
}

/** The plain material of a stored key. Throws KeyringError where it is sealed and does not open. */
export function plainMaterial(masterKey: Uint8Array | undefined, key: Key): Uint8Array {
  if (!key.sealed) return key.material
  if (masterKey === undefined) {
    throw new KeyringError(
      `The keys in the store are sealed with a master key and none is given. Set ${SETTINGS.masterKey.env} ` +
        `or ${SETTINGS.masterKeyFile.env} to the one they were sealed with.`,
    )
  }
  return open(masterKey, key)
}

function open(masterKey: Uint8Array, key: Key): Uint8Array {
  const sealed = Buffer.from(key.material)
  if (sealed[0] !== VERSION || sealed.length < 1 + NONCE_BYTES + TAG_BYTES) {
    throw new KeyringError(
      `Key ${key.keyId} is sealed in a form that this version does not know. Use the version that wrote it, or later.`,
    )
  }
  const nonce = sealed.subarray(1, 1 + NONCE_BYTES)
  const ciphertext = sealed.subarray(1 + NONCE_BYTES, -TAG_BYTES)
  const decipher = createDecipheriv(CIPHER, sealingKey(masterKey), nonce, { authTagLength: TAG_BYTES })
  decipher.setAAD(nameOf(key))
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
  try {
    return Buffer.concat([decipher.update(ciphertext), decipher.final()])
  } catch (cause) {
    throw new KeyringError(
      `The master key does not open key ${key.keyId} in the store: it was sealed with another one. Set ` +
        `${SETTINGS.masterKey.env} or ${SETTINGS.masterKeyFile.env} to that one.`,
      { cause },
    )
  }
}

function nameOf({ keyId, purpose }: Named): Buffer {
  return Buffer.from(`parlance key ${VERSION} ${purpose} ${keyId}`)
}

function sealingKey(masterKey: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', masterKey, '', `parlance key sealing ${VERSION}`, 32))
}
