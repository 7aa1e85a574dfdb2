import { technician } from '../facts.ts'
import type { Scene } from '../scene.ts'
import type { BotStart } from './scenario.ts'

/** The virtual agent says who it is. */
export function botGreets(s: Scene): void {
  if (s.voice)
    s.botSays(
      "Welcome to Fernhallow. I'm Fern, your virtual assistant. In a few words, how can I help?",
      'Hello, this is Fern from Fernhallow. {You can talk to me in whole sentences.|} What are you calling about?',
      `Good ${s.daytime}, you've reached Fernhallow. I'm Fern. Tell me what you need, for example "track my order".`,
    )
  else {
    // A window on a web page greets who opens it; a text message waits for the customer's.
    if (s.brief)
      s.tellsBot('greeting', '{Hi|Hello|Hey}{!|}', 'Hi there', `Good ${s.daytime}`, 'Hello Fernhallow')
    s.botSays(
      "Hi, I'm Fern, Fernhallow's virtual assistant 🌿 How can I help?",
      "Hello{!| there!} I'm Fern. {I can help with orders, bills, visits and your connection.|} What can I do for you?",
      `Hi{!|, ${s.name}!} I'm Fern, {the|your} virtual assistant. {Tell me in a few words what it's about.|What is it about?}`,
    )
  }
}

/** The customer says something the virtual agent cannot make out, and it asks again. */
export function misunderstanding(s: Scene): void {
  s.baffles(
    "{It's about the thing from last time.|Same as yesterday.}",
    "{You know, the letter.|The man said I should ask.|It doesn't do it anymore.}",
    '{asdf|hello??|Can a human read this?}',
    "{Well, it's complicated.|I don't know what you call it.} {My daughter set it up.|}",
    `{I was told to ask for ${technician(s)}.|Is this ${s.customer.city}?}`,
  )
  s.botSays(
    'Sorry, I did not get that. {Could you put it differently?|Can you say it in other words?}',
    'I\'m not sure I understood. {You can say things like "my bill" or "my delivery".|Is it about an order, a bill, a visit or your connection?}',
    "Sorry, I didn't catch that. {Please try again in a few words.|}",
  )
}

/** The first half of a handover: what the virtual agent finds out before a person takes over. */
export function botStarts(s: Scene, start: BotStart, queueName: string): void {
  botGreets(s)
  if (s.chance(0.3)) misunderstanding(s)
  s.tellsBot(start.intent, ...start.asks)
  if (s.chance(0.5)) {
    s.botSays(
      "{OK|I can help with that}. {What's your account number?|Please {tell|give} me your account number.}",
      `Got it, this is about ${start.gist}. {What's|May I have} your account number{?|, please?}`,
    )
    s.tellsBot('give_account_number', `${s.customer.account}`, `It's ${s.customer.account}`)
    s.identified = true
    if (s.chance(0.25)) {
      s.botSays(
        `{Thanks, ${s.name}.|Thank you.} Would you like to {try our step-by-step guide|see our help page} first?`,
      )
      s.tellsBot(
        'request_agent',
        'No, I want a person',
        '{Agent|Human please}',
        'I want to talk to somebody',
        "No. {Just get me a person.|I've read it already.}",
      )
    }
  }
  s.botSays(
    `{Thanks|OK}, {I'll connect you with|let me pass you to} {a colleague|someone} in ${queueName}. {It won't take long.|One moment, please.|They can see what you told me.}`,
    `{I can't solve this one myself|That needs a person}, so I'm handing you over to ${queueName}. {Please stay ${s.voice ? 'on the line' : s.brief ? 'with us' : 'in this chat'}.|}`,
  )
}
