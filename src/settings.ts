/**
 * The settings by name: flag, environment variable, default and help. One table, from which the command line
 * makes its options and the reference its pages.
 */
export interface Setting {
  /** As the command line shows it; undefined where a setting has no flag (secrets do not belong there). */
  flag?: string
  env: string
  default?: string
  help: string
}

export type SettingName = keyof typeof SETTINGS

export const SETTINGS = {
  listen: {
    flag: '--listen',
    env: 'PARLANCE_LISTEN',
    default: '127.0.0.1:8080',
    help: 'address to listen on; port 0 takes any free one',
  },
  database: {
    flag: '--database',
    env: 'PARLANCE_DATABASE',
    default: 'sqlite:data/parlance.db',
    help: 'where conversations are kept: sqlite:FILE or postgres://USER@HOST/NAME',
  },
  databaseRead: {
    env: 'PARLANCE_DATABASE_READ',
    help: 'replica of a PostgreSQL server that listings are read from: postgres://USER@HOST/NAME',
  },
  passwordFile: {
    flag: '--password-file',
    env: 'PARLANCE_DATABASE_PASSWORD_FILE',
    help: "file that holds the database's password",
  },
  databasePool: {
    flag: '--database-pool',
    env: 'PARLANCE_DATABASE_POOL',
    default: '10',
    help: 'connections of each process to a PostgreSQL server',
  },
  databaseTimeout: {
    env: 'PARLANCE_DATABASE_TIMEOUT',
    default: '30',
    help: 'seconds after which a statement on PostgreSQL is given up (503)',
  },
  databaseLockTimeout: {
    env: 'PARLANCE_DATABASE_LOCK_TIMEOUT',
    default: '10',
    help: 'seconds that a write on PostgreSQL waits for another of its account (then 503)',
  },
  databasePrepared: {
    env: 'PARLANCE_DATABASE_PREPARED',
    default: 'auto',
    help: 'whether PostgreSQL keeps statements: on, off, or auto, which is off behind a pooler',
  },
  publicUrl: {
    flag: '--public-url',
    env: 'PARLANCE_PUBLIC_URL',
    help: 'base URL that clients use, in links and tokens (default: from the listening address)',
  },
  region: {
    flag: '--region',
    env: 'PARLANCE_REGION',
    default: 'local',
    help: 'region of this deployment; tokens that name another are refused',
  },
  masterKey: {
    env: 'PARLANCE_MASTER_KEY',
    help: '32 bytes (hexadecimal or base64) that seal the secrets in the store',
  },
  masterKeyFile: {
    flag: '--master-key-file',
    env: 'PARLANCE_MASTER_KEY_FILE',
    help: 'file that holds the master key',
  },
  rateLimit: {
    flag: '--rate-limit',
    env: 'PARLANCE_RATE_LIMIT',
    default: '0',
    help: 'requests a second and client; 0 is off',
  },
  logLevel: {
    flag: '--log-level',
    env: 'PARLANCE_LOG_LEVEL',
    default: 'info',
    help: 'fatal, error, warn, info, debug, trace or silent',
  },
  audit: {
    flag: '--audit',
    env: 'PARLANCE_AUDIT',
    default: 'off',
    help: 'where each read, write and erasure is recorded: off, stdout or a file',
  },
  purgeAt: {
    flag: '--purge-at',
    env: 'PARLANCE_PURGE_AT',
    default: '03:00',
    help: 'time of day (UTC) at which files are written anew without what was erased, or off',
  },
  ownTokens: {
    env: 'PARLANCE_OWN_TOKENS',
    default: 'on',
    help: 'whether this deployment gives out and accepts tokens of its own: on or off',
  },
  issuer: {
    env: 'PARLANCE_ISSUER',
    help: 'URL of an outside issuer (its "iss") whose tokens are accepted',
  },
  issuerJwksUrl: {
    env: 'PARLANCE_ISSUER_JWKS_URL',
    help: 'where its public keys are (default: ISSUER/.well-known/jwks.json)',
  },
  issuerAudience: {
    env: 'PARLANCE_ISSUER_AUDIENCE',
    help: 'the "aud" that its tokens for this deployment carry',
  },
  issuerAccountClaim: {
    env: 'PARLANCE_ISSUER_ACCOUNT_CLAIM',
    default: 'aid',
    help: 'claim that holds the account',
  },
  issuerScopeClaim: {
    env: 'PARLANCE_ISSUER_SCOPE_CLAIM',
    default: 'scp',
    help: 'claim that holds the scopes, as a string or an array ("scope" is read where it is absent)',
  },
  maxConnections: {
    flag: '--max-connections',
    env: 'PARLANCE_MAX_CONNECTIONS',
    default: '2000',
    help: 'connections at once; further ones are closed',
  },
  workers: {
    flag: '--workers',
    env: 'PARLANCE_WORKERS',
    default: 'auto',
    help: 'processes that serve the one address; auto is one a core',
  },
  shutdownTimeout: {
    flag: '--shutdown-timeout',
    env: 'PARLANCE_SHUTDOWN_TIMEOUT',
    default: '30',
    help: 'seconds that a stopping server gives to the requests it is serving',
  },
} as const satisfies Record<string, Setting>
