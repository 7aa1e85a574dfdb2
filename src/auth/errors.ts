/** The deployment's keys cannot be used as they are. The message says what to do. */
export class KeyringError extends Error {
  override readonly name = 'KeyringError'
}

/** A public key file cannot be used. The message says why, for whoever typed the command. */
export class PublicKeyError extends Error {
  override readonly name = 'PublicKeyError'
}

/** What is wrong with a token. */
export type TokenFault =
  | 'malformed'
  | 'type'
  | 'algorithm'
  | 'issuer'
  | 'audience'
  | 'key'
  | 'signature'
  | 'expired'
  | 'not_yet_valid'
  | 'claims'
  | 'region'
  | 'account'
  | 'client'

/** A token that is not accepted: always 401. `reason` is for the log; whoever sent the token is not told. */
export class TokenError extends Error {
  override readonly name = 'TokenError'
  readonly reason: TokenFault

  constructor(reason: TokenFault, detail: string, options?: ErrorOptions) {
    super(`${reason}: ${detail}`, options)
    this.reason = reason
  }
}

/** The outside issuer's keys cannot be fetched now, so nobody can say whether the token is good: 503, not 401. */
export class IssuerUnreachable extends Error {
  override readonly name = 'IssuerUnreachable'
}
