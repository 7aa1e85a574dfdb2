import type { Scene } from '../scene.ts'
import type { Manners, Opening } from '../story.ts'
import type { Team } from '../types.ts'
import { after } from '../wording.ts'
import { close } from './english-closing.ts'

/** What a team calls itself to a customer. */
const TEAM: Readonly<Record<Team, string>> = {
  billing: 'billing',
  deliveries: 'deliveries',
  technical: 'technical support',
  bookings: 'bookings',
  retention: 'contracts and plans',
  accounts: 'customer accounts',
  relations: 'customer relations',
  languages: 'customer service',
}

export function teamName(team: Team): string {
  return TEAM[team]
}

export const english: Manners = { open, verify, hold, close }

function open(s: Scene, opening: Opening): void {
  if (s.gist !== '') afterBot(s, opening)
  else if (s.voice) onThePhone(s, opening)
  else inWriting(s, opening)
}

function onThePhone(s: Scene, { mood, says, ack }: Opening): void {
  const me = s.agent.first
  s.us(
    '0',
    `{Thank you|Thanks} for calling Fernhallow. {This is ${me} in ${TEAM[s.team]}|My name is ${me}|You're speaking with ${me}}. How can I help you{ today|}?`,
    `Good ${s.daytime}, Fernhallow, this is ${me} in ${TEAM[s.team]}. {How can I help?|What can I do for you today?}`,
    `Hello, you're through to ${TEAM[s.team]} at Fernhallow, ${me} speaking. What can I do for you?`,
    `Good ${s.daytime}, you've reached Fernhallow ${TEAM[s.team]}. I'm ${me}. {How may I help?|What can I help you with?}`,
    `Fernhallow, ${me} here{, ${TEAM[s.team]}|}. Good ${s.daytime}!`,
  )
  const problem = s.line(says)
  if (mood === '0' && s.chance(0.15)) {
    const heard = s.chance(0.5)
    s.them('0', heard ? `{Hi|Hello} ${me}, can you hear me all right?` : `{Hi|Hello}. ${me}, was it?`)
    s.us(
      '0',
      heard
        ? '{Yes, loud and clear. Go ahead.|Yes, I can hear you fine.}'
        : "{Yes, that's right.|It is.} What can I do for you?",
    )
    s.them(mood, problem)
  } else {
    const greetings = [
      `Hi ${me}`,
      'Hi',
      'Hello',
      `Good ${s.daytime}`,
      'Hi there',
      'Yes, hi',
      'Hey',
      `Hello ${me}`,
    ]
    s.them(mood, greeted(s, problem, greetings))
  }
  s.us(mood === '-' ? '~' : '0', ...ack)
}

function greeted(s: Scene, line: string, greetings: readonly string[]): string {
  return s.chance(0.5) ? after(s.pick(...greetings), line) : `${s.pick(...greetings)}. ${line}`
}

function inWriting(s: Scene, { mood, says, ack }: Opening): void {
  const team = TEAM[s.team]
  const me = s.agent.first
  const hello = s.pick(
    `Hi ${s.name}`,
    `Hello ${s.name}`,
    `Hi ${s.name}, thanks for getting in touch`,
    `Good ${s.daytime}, ${s.name}`,
    `Hi ${s.name}, sorry for the wait`,
  )
  const who = `{You're {chatting|writing} with ${me} from ${team}|This is ${me} in ${team}|${me} from ${team} here|My name is ${me}}.`
  const problem = s.line(says)
  if (!s.brief && s.chance(0.3)) {
    s.them(
      '0',
      '{Hi|Hello|Hey}',
      `Good ${s.daytime}`,
      '{Hi|Hello}, is {anyone|somebody} there?',
      'Hello there',
      'Hi, I have a question',
    )
    s.us('0', `${hello}. ${who} {How can I help?|What can I do for you?|How can I help you today?}`)
    s.them(mood, problem)
    s.us(mood === '-' ? '~' : '0', ...ack)
    return
  }
  s.them(mood, s.chance(0.6) ? greeted(s, problem, ['Hi', 'Hello', 'Hey', `Good ${s.daytime}`]) : problem)
  if (s.chance(0.5) || s.brief) s.us('0', `${hello}. ${who} ${s.pick(...ack)}`)
  else {
    s.us('0', `${hello}. ${who}`)
    s.us(mood === '-' ? '~' : '0', ...ack)
  }
}

/** A person takes over from the virtual agent and has read what was said to it. */
function afterBot(s: Scene, { mood, says, ack }: Opening): void {
  const me = s.agent.first
  s.wait(6, 90)
  const guesses = s.chance(0.5)
  s.us(
    '0',
    guesses
      ? `{Hello|Hi} ${s.name}, {you're with ${me} now|my name is ${me}}. {I've read what you told Fern|I have your conversation with Fern in front of me}, so this is about ${s.gist}, {right|is that right}?`
      : `Hi ${s.name}, {this is ${me} from ${TEAM[s.team]}|${me} here, from ${TEAM[s.team]}}. {I can see|I see} you've been ${s.voice ? 'talking' : 'writing'} to our assistant about ${s.gist}. {Can you tell me a little more?|What happened?|Could you tell me in your own words?}`,
  )
  const yes = guesses
    ? ["{Yes|Yeah}, that's right. ", 'Correct. ', 'Yes. ', 'It is. ']
    : ['', s.last.includes('you tell') ? 'Sure. ' : '']
  s.them(mood, s.pick(...yes) + s.line(says))
  s.us(mood === '-' ? '~' : '0', ...ack)
}

function verify(s: Scene): void {
  if (s.identified) return
  const c = s.customer
  if (s.brief && s.chance(0.75)) return
  if (!s.voice && s.chance(0.4)) return
  switch (s.between(0, 3)) {
    case 0:
      s.us(
        '0',
        '{First, could|Could|Before I look, could|Can} I {take|have} your full name and the ZIP code on the account{, please|}?',
        ...(s.voice && s.gist === ''
          ? ["And who am I speaking with? I'd need your full name and ZIP code."]
          : []),
      )
      s.them('0', `{It's |}${c.first} ${c.last}, {and the ZIP is|ZIP code|ZIP|and that's} ${c.zip}.`)
      break
    case 1:
      accountNumber(s)
      break
    case 2:
      s.us(
        '0',
        "{What's|Could you tell me} the e-mail address on {the|your} account{, please|}?",
        'Which e-mail address is the account under?',
      )
      s.them(
        '0',
        s.voice ? `{It's|That's|That should be} ${c.email.replace('@', ' at ')}.` : `{It's |}${c.email}`,
      )
      break
    default:
      s.us(
        '0',
        '{For security, could you|Could you just|Can you} confirm your name and {the first line of your address|your address}{, please|}?',
      )
      s.them(
        '0',
        `${c.first} ${c.last}, ${c.street}{, ${c.city}|}.`,
        `{Sure|Of course}. ${c.first} ${c.last}, {and it's|and the address is|I live at} ${c.street}.`,
      )
  }
  s.wait(1, 6)
  s.us(
    '0',
    `{Thank you|Thanks|Perfect, thank you}, ${s.name}. {I have your account here.|That all matches.|I've got you.|I've found you.|That's you.|}`,
    `{Great|Lovely|Perfect|Wonderful}, ${s.name}, {I have your account in front of me|that's all I need|that matches}.`,
    `{OK|All right}, ${s.name}, {you're verified|I'm in your account now}.`,
  )
}

function accountNumber(s: Scene): void {
  const number = s.customer.account
  s.us(
    '0',
    "{Do you have|Could I have|Can you give me} your account number{, please|}? {It's at the top of any bill.|Eight digits, on the top of your bill.|}",
  )
  if (s.voice && s.chance(0.25)) {
    s.them(
      '0',
      "{Hang on|One second|Just a moment}, {let me find a bill|I need my glasses|it's here somewhere|the papers are in the other room}.",
    )
    s.us('0', '{No rush.|Take your time.|Of course.|No hurry at all.}')
    s.wait(8, 35)
  }
  s.them('0', `{It's|OK, it's|That's} ${number}.`, `${number}.`)
  if (s.voice && s.chance(0.2)) {
    s.us(
      '0',
      `{Sorry, the line broke up a little.|Sorry, I missed the middle.} Was that ${number.slice(0, 4)}, ${number.slice(4)}?`,
    )
    s.them('0', "{Yes|Yep}, that's {it|right}.", `Right, ${number}.`)
  }
}

function hold(s: Scene): void {
  if (!s.voice) {
    s.us(
      '0',
      "{Give me|Just} {a minute|a moment|two minutes}, {I'm checking|I'll check that|let me look} for you.",
      'Let me {look into|check} that, one moment please.',
      "I'm {just opening|opening} it now, bear with me.",
      'One moment, {I have to ask the other team|the system is thinking}.',
    )
    if (s.chance(0.6)) s.them('0', '{OK|Sure|Okay|No problem}', 'Thanks', 'OK, thanks', 'No rush')
    s.wait(30, 150)
    return
  }
  if (s.chance(0.45)) {
    s.us(
      '0',
      '{Is it OK if I|Do you mind if I|May I} put you on hold for {a minute|a moment|a couple of minutes} while I {check|look into it|ask the other team}?',
      "I'll have to {check something|ask a colleague}. Can you hold for {a minute|two minutes}?",
    )
    s.them(
      '0',
      "{Sure|Yes, that's fine|That's all right|Go ahead|OK}.",
      "Yes, as long as it's not too long.",
      'I can hold.',
    )
    s.wait(35, 170)
    s.us(
      '0',
      `{Thank you|Thanks} for {holding|waiting|your patience}, ${s.name}.`,
      `Hi ${s.name}, sorry {about|for} the wait.`,
      `Are you still there, ${s.name}? Thanks for waiting.`,
    )
    return
  }
  s.us(
    '0',
    `{Let me|I'll just} pull that up. {One moment.|The system is a little slow this ${s.daytime}.|Bear with me.}`,
    'Just a second while I {look at|open} {this|it}.',
    "{Let's see...|OK, let me see...} {it's loading.|one moment.}",
  )
  if (s.chance(0.5)) s.them('0', '{Sure.|OK.|No problem.|Take your time.|Mhm.}')
  s.wait(5, 30)
}
