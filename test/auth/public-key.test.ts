import assert from 'node:assert/strict'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { test } from 'node:test'
import { calculateJwkThumbprint, importJWK, type JWK, jwtVerify, SignJWT } from 'jose'
import { readPublicKey } from '../../src/auth/public-key.ts'

const EC = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = (key: KeyObject) =>
  key.export({ type: key.type === 'public' ? 'spki' : 'pkcs8', format: 'pem' }).toString()
const jwk = (key: KeyObject, more: object = {}) => ({ ...key.export({ format: 'jwk' }), ...more })

const READABLE: [string, string, KeyObject, string, string | undefined][] = [
  ['EC PEM', pem(EC.publicKey), EC.privateKey, 'ES256', undefined],
  ['RSA PEM, with text around it', `\n# ours\n${pem(RSA.publicKey)}\n`, RSA.privateKey, 'RS256', undefined],
  ['EC JWK', JSON.stringify(jwk(EC.publicKey)), EC.privateKey, 'ES256', undefined],
  [
    'RSA JWK',
    JSON.stringify(jwk(RSA.publicKey, { alg: 'RS256', use: 'sig' })),
    RSA.privateKey,
    'RS256',
    undefined,
  ],
  ['JWK with a kid', JSON.stringify(jwk(EC.publicKey, { kid: 'mine' })), EC.privateKey, 'ES256', 'mine'],
  ['JWKS', JSON.stringify({ keys: [jwk(EC.publicKey, { kid: '1' })] }), EC.privateKey, 'ES256', '1'],
]

for (const [name, text, privateKey, alg, kid] of READABLE) {
  test(`reads ${name}`, async () => {
    const key = await readPublicKey(text)
    assert.equal(key.alg, alg)
    assert.equal(key.use, 'sig')
    assert.equal(key.kid, kid ?? (await calculateJwkThumbprint(key as JWK)))
    const token = await new SignJWT({ sub: 'x' }).setProtectedHeader({ alg }).sign(privateKey)
    assert.equal((await jwtVerify(token, await importJWK(key as JWK, alg))).payload.sub, 'x')
  })
}

const P384 = generateKeyPairSync('ec', { namedCurve: 'P-384' })
const ED25519 = generateKeyPairSync('ed25519')
const RSA_1024 = generateKeyPairSync('rsa', { modulusLength: 1024 })
const RSA_PSS = generateKeyPairSync('rsa-pss', { modulusLength: 2048 })

const REFUSED: [string, string, RegExp][] = [
  ['a private PEM', pem(EC.privateKey), /private key.*openssl pkey/s],
  ['an old private PEM', EC.privateKey.export({ type: 'sec1', format: 'pem' }).toString(), /private key/],
  ['an encrypted private PEM', '-----BEGIN ENCRYPTED PRIVATE KEY-----\n', /private key/],
  ['a public PEM with a private one behind it', pem(EC.publicKey) + pem(EC.privateKey), /private key/],
  ['a private JWK', JSON.stringify(jwk(EC.privateKey)), /private key/],
  ['a private JWK in a JWKS', JSON.stringify({ keys: [jwk(RSA.privateKey)] }), /private key/],
  ['a symmetric JWK', JSON.stringify({ kty: 'oct', k: 'c2VjcmV0' }), /private key/],
  ['RSA of 1024 bits', pem(RSA_1024.publicKey), /1024 bits/],
  ['P-384', pem(P384.publicKey), /secp384r1.*P-256/],
  ['Ed25519', pem(ED25519.publicKey), /ed25519/],
  ['RSA-PSS', pem(RSA_PSS.publicKey), /rsa-pss/],
  ['a JWK for another algorithm', JSON.stringify(jwk(RSA.publicKey, { alg: 'PS256' })), /PS256/],
  ['a JWK for encryption', JSON.stringify(jwk(EC.publicKey, { use: 'enc' })), /"enc"/],
  ['a JWK with an empty kid', JSON.stringify(jwk(EC.publicKey, { kid: '' })), /kid/],
  ['a JWK with a kid that is no string', JSON.stringify(jwk(EC.publicKey, { kid: 7 })), /kid/],
  ['a JWK without its numbers', '{"kty":"EC","crv":"P-256"}', /lacks parts/],
  ['an empty JWKS', '{"keys":[]}', /exactly one/],
  ['a JWKS of two', JSON.stringify({ keys: [jwk(EC.publicKey), jwk(RSA.publicKey)] }), /exactly one/],
  ['a JWKS of nothing', '{"keys":[null]}', /exactly one/],
  ['broken JSON', '{"kty"', /not/],
  ['a certificate', '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----', /CERTIFICATE/],
  ['a PEM that is cut off', pem(EC.publicKey).slice(0, 90), /cut off/],
  ['nothing', '', /neither PEM nor JSON/],
  ['a large file', ' '.repeat(70_000), /too large/],
]

for (const [name, text, message] of REFUSED) {
  test(`refuses ${name}`, async () => {
    await assert.rejects(readPublicKey(text), { name: 'PublicKeyError', message })
  })
}
