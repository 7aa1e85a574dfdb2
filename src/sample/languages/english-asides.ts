import { storeHours } from '../facts.ts'
import type { Scene } from '../scene.ts'
import { after } from '../wording.ts'

/** A small second question that comes up when a conversation is nearly over, and its answer. */
export function aside(s: Scene): void {
  s.random.pick(ASIDES)(s)
}

const ASIDES: readonly ((s: Scene) => void)[] = [
  paperBills,
  phoneNumber,
  openingHours,
  confirmation,
  friend,
  appPassword,
  dueDate,
  oldDevice,
]

function ask(s: Scene, ...questions: readonly string[]): void {
  const question = s.line(questions)
  if (s.chance(0.4)) s.them('0', after(s.pick('Actually', 'While I have you'), question))
  else s.them('0', `${s.pick('Actually, yes.', 'Oh, one more thing.', 'Just a quick one.')} ${question}`)
}

function thanks(s: Scene): void {
  s.them(
    '+',
    "{Great|Perfect|Lovely}, {thank you|thanks}. {That's everything.|That's all.|}",
    "{OK, good to know.|Good, thanks.} That's {it|all} from me.",
  )
}

function paperBills(s: Scene): void {
  ask(s, 'Can I stop getting paper bills?', 'Could you switch me to paperless? I never open the letters.')
  s.wait(4, 15)
  s.us(
    '+',
    `{Of course|Sure}, I've switched that off. From next month the bill goes to ${s.customer.email} only.`,
  )
  thanks(s)
}

function phoneNumber(s: Scene): void {
  ask(s, 'Can you update my phone number?', 'I have a new phone number, can you change it?')
  s.us('0', "{Sure, what's|Of course. What is} the new number?")
  s.them('0', `{It's |}${s.customer.phone}.`)
  s.wait(4, 12)
  s.us('+', `{Done.|That's saved.} I have ${s.customer.phone} on your account now.`)
  thanks(s)
}

function openingHours(s: Scene): void {
  ask(
    s,
    `Is the store in ${s.customer.city} open on Sundays?`,
    `What time does your ${s.customer.city} store close on a Saturday?`,
  )
  s.us(
    '0',
    `The ${s.customer.city} store is open ${storeHours(s)} Monday to Saturday, and it's closed on Sundays.`,
  )
  thanks(s)
}

function confirmation(s: Scene): void {
  ask(
    s,
    'Can you send me {all of that|this} in writing?',
    'Will I get {an e-mail|something in writing} about this?',
  )
  s.us('+', `{Yes, I'm sending|Of course. I'm sending} a summary to ${s.customer.email} {now|as we speak}.`)
  if (s.chance(0.4)) {
    s.wait(8, 40)
    s.them('+', '{Yes, got it.|It just came in.} {Thank you.|Thanks a lot.}')
  } else thanks(s)
}

function friend(s: Scene): void {
  ask(
    s,
    'My {sister|neighbor|brother} wants to switch to you. Is there a bonus for that?',
    'Do you still do the refer-a-friend thing?',
  )
  s.us(
    '+',
    `We do. You {both get|each get} ${s.money(s.pick(25, 40, 50))} off once they've been with us for a month. Your personal link is in the app under Rewards.`,
  )
  thanks(s)
}

function appPassword(s: Scene): void {
  ask(s, 'Can I see all this in the app too?', 'Is this something I could have done in the app?')
  s.us(
    '0',
    "{Yes, it's|It is, it's} under My account, then {Requests|Activity}. It can take {an hour|a few minutes} to show up.",
  )
  thanks(s)
}

function dueDate(s: Scene): void {
  ask(s, 'When is my next bill due?', 'Which day does my payment go out?')
  const due = s.ahead(4, 24)
  s.us(
    '0',
    `{Your next bill is due|The next payment goes out} ${s.on(due)}. It's ${s.money(s.customer.price)}.`,
  )
  thanks(s)
}

function oldDevice(s: Scene): void {
  ask(
    s,
    'What do I do with my old router?',
    'I have an old {modem|router} of yours in a drawer, do you want it back?',
  )
  s.us('0', `You can drop it at any of our stores, or I can e-mail you a {free|prepaid} return label.`)
  s.them(
    '0',
    "{I'll drop it off|I'll take it to the store}, thanks.",
    'The label would be great.',
    "I'll bring it in. Thanks!",
  )
}
