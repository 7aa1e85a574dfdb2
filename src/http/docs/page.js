/* The try-it page: hands the server's own OpenAPI document to Scalar, which runs here and asks no other host. */

/** Of the languages that Scalar knows, all but curl, JavaScript's fetch and Python's requests. */
const HIDDEN_CLIENTS = {
  c: true,
  clojure: true,
  csharp: true,
  dart: true,
  fsharp: true,
  go: true,
  http: true,
  java: true,
  js: ['axios', 'jquery', 'ofetch', 'xhr'],
  julia: true,
  kotlin: true,
  node: true,
  objc: true,
  ocaml: true,
  php: true,
  powershell: true,
  python: ['python3', 'aiohttp', 'httpx_sync', 'httpx_async'],
  r: true,
  ruby: true,
  rust: true,
  shell: ['httpie', 'wget'],
  swift: true,
}

const DAY = 24 * 60 * 60 * 1000

/** Where the API is: beside this page, also where the deployment has a path of its own before it. */
const BASE = new URL('.', location.href).href.replace(/\/$/, '')

/**
 * Prepares requests that work as they stand: the range is the last seven days, no other optional parameter is sent
 * until it is ticked, and tokens are fetched from this deployment.
 */
function prepare(document) {
  const now = Date.now()
  const range = { interaction_started: instant(now - 7 * DAY), interaction_ended: instant(now) }
  for (const operations of Object.values(document.paths)) {
    for (const operation of Object.values(operations)) {
      for (const parameter of operation.parameters ?? []) {
        if (!parameter.required) makeOptional(parameter, range[parameter.name])
      }
      // Where credentials may be left out, the fields for them are shown all the same.
      operation.security = operation.security.filter((each) => Object.keys(each).length > 0)
    }
  }
  const { oauth2 } = document.components.securitySchemes
  for (const flow of Object.values(oauth2?.flows ?? {})) flow.tokenUrl = BASE + flow.tokenUrl
  return document
}

/** Has the parameter sent with this value, or only shown with its example where there is none. */
function makeOptional(parameter, value) {
  const { example } = parameter
  delete parameter.example
  parameter.examples = { example: { value: value ?? example, 'x-disabled': value === undefined } }
}

function instant(milliseconds) {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z')
}

async function show() {
  const response = await fetch('openapi.json')
  if (!response.ok) throw new Error(`openapi.json was answered with ${response.status}.`)
  const content = prepare(await response.json())
  const place = document.querySelector('#reference')
  place.replaceChildren()
  window.Scalar.createApiReference(place, {
    content,
    baseServerURL: BASE,
    hiddenClients: HIDDEN_CLIENTS,
    featuredClients: ['shell/curl', 'js/fetch', 'python/requests'],
    defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
    modelsSectionLabel: 'Schemas',
    localization: { translations: { clientLibraries: { heading: 'Code samples' } } },
    documentDownloadType: 'json',
    // The browser would ask for a password of its own where the token endpoint refuses a client.
    customFetch: (input, init) => fetch(input, { ...init, credentials: 'omit' }),
    // Nothing leaves for another host, and no token stays behind in the browser.
    withDefaultFonts: false,
    telemetry: false,
    persistAuth: false,
    hideClientButton: true,
    showDeveloperTools: 'never',
    agent: { disabled: true },
    mcp: { disabled: true },
  })
}

show().catch((error) => {
  const notice = document.createElement('p')
  notice.className = 'notice'
  notice.role = 'alert'
  notice.textContent = `The reference cannot be shown. ${error.message}`
  document.querySelector('#reference').replaceChildren(notice)
})
