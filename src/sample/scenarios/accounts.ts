import { orderNumber } from '../facts.ts'
import type { Scene } from '../scene.ts'
import { partWays } from './retention.ts'
import type { Scenario } from './scenario.ts'
import { inbound, SPOKEN } from './scenario.ts'

const STREETS = [
  'Beacon Street',
  'Sycamore Road',
  'Prospect Avenue',
  'Tannery Lane',
  'Lower Bridge Street',
  'Walnut Drive',
]
const TOWNS = ['Hillsborough', 'Eastbrook', 'Norwood', 'Bellhaven', 'Redfield', 'Clearwater Bay']

function addressChange(s: Scene): void {
  const move = s.workday(9, 30)
  const street = `${s.between(3, 190)} ${s.pick(...STREETS)}`
  const town = s.pick(s.customer.city, ...TOWNS)
  s.open({
    mood: '0',
    says: [
      `{I'm moving|We're moving} ${s.on(move)} and {I'd like to take my contract with me|need to change my address}.`,
      `I need to {update|change} my address. {We're moving to ${town}|I'm moving} ${s.on(move)}.`,
    ],
    ack: [
      "{Congratulations on the new place!|How exciting.} {Let's get that sorted.|I can do that for you.}",
      "{Sure|Of course}, {I can set that up|that's no problem}.",
    ],
  })
  s.verify()
  s.us('0', "{What's the new address?|Could you give me the new address?|And where are you moving to?}")
  s.them('0', `{It's |}${street}, ${town}, ${s.between(10200, 98900)}.`)
  if (s.voice && s.chance(0.35)) {
    s.us('0', `{Was that|So that's} ${street}? {Just to be sure.|}`)
    s.them('0', "{Yes.|That's it.|Correct.}")
  }
  s.wait(8, 40)
  if (s.chance(0.7)) takesItAlong(s, move)
  else slowThere(s, move)
}

function takesItAlong(s: Scene, move: number): void {
  s.us(
    '0',
    `{I've checked|I've looked it up}, and we have fiber {there|in the building}. Your ${s.customer.plan} moves with you and costs the same. {From which day do you want it?|Shall it start on the day you move?}`,
  )
  s.them(
    '0',
    `{From ${s.date(move - 1)}, if possible.|Yes, on the day we move.|The day before, please, so it works when we get there.}`,
  )
  s.us(
    '0',
    "{That's set.|All right, that's in the system.} {Take the router with you and plug it in, that's all.|Please bring your router, it works there too.}",
  )
  s.them(
    '+',
    "{That's easy.|Great, I was dreading this.} {And my old line?|So the old line stops by itself?|}",
  )
  if (s.last.endsWith('?'))
    s.us(
      '0',
      "{It stays on for three more days and then stops by itself.|It stops by itself two days later, so there's no gap.}",
    )
  s.close('good')
}

function slowThere(s: Scene, move: number): void {
  s.us(
    '~',
    `{Hm, I see a problem.|I'm afraid there's a catch.} {At that address we only have Fiber 100 so far.|The building isn't connected yet, that will take until ${s.month(60)}.}`,
  )
  s.them('-', "{Oh no. And what do I do?|That's a pity. So what are my options?}")
  s.us(
    '0',
    '{You could take the smaller plan for now, or end the contract without a fee.|We can send you a 5G router in the meantime, or you may cancel without a fee.}',
  )
  const stays = s.chance(0.6)
  s.them(
    stays ? '0' : '~',
    stays
      ? "{OK, let's do that for now.|I'll take the first one, then.}"
      : "{Then I'd rather cancel.|In that case I need to look around.} {Nothing against you.|}",
  )
  s.us(
    '0',
    stays
      ? `{I've set it up for ${s.date(move)}.|Good, that's planned for ${s.date(move)}.} {We'll write to you when the full speed is there.|}`
      : `I understand. {It ends on ${s.date(move)}|Then ${s.date(move)} is the last day}, no fee. You'll get it in writing.`,
  )
  if (stays) s.close('fine')
  else partWays(s)
}

function addPerson(s: Scene): void {
  const who = s.pick('my wife', 'my husband', 'my daughter', 'my son', 'my mother', 'my roommate')
  const first =
    {
      'my wife': 'Nell',
      'my husband': 'Gregory',
      'my daughter': 'Ivy',
      'my son': 'Dominic',
      'my mother': 'Beatrice',
      'my roommate': 'Robin',
    }[who] ?? 'Robin'
  const name = `${first} ${who === 'my roommate' ? s.pick('Castle', 'Burke', 'Sato') : s.customer.last}`
  s.open({
    mood: '0',
    says: [
      `Can I add ${who} to my account, so {that I'm not the only one who can ask things|we can both call you}?`,
      `I'd like to add ${who} to my account. {I'm away a lot.|It's all in my name at the moment.}`,
      `${who.replace('my', 'My')} {called yesterday and was told only I can ask about the bill|couldn't change an appointment because it's in my name}. Can I {add a second person|change that}?`,
    ],
    ack: [
      "{Yes, that's possible.|Of course.} {It only takes a minute.|}",
      '{Sure, we can add an authorized person.|Certainly.}',
    ],
  })
  s.verify()
  s.us('0', "{What's the full name?|And the full name, please?}")
  s.them('0', `{It's |}${name}.`)
  s.us(
    '0',
    `{And should ${first} be able to change the contract, or only ask about it?|Do you want ${first} to be able to make changes, or only to ask questions?}`,
  )
  const all = s.chance(0.5)
  s.them(
    '0',
    all
      ? '{Everything.|Changes too, please.} {We share everything anyway.|}'
      : '{Only ask.|Just questions, no changes.}',
  )
  s.us(
    '+',
    `{That's saved.|Done.} ${first} {needs to know the account number and a PIN, which I'm texting you now|just needs the PIN I've texted to your number}.`,
  )
  s.close('good')
}

function wrongNumber(s: Scene): void {
  const wanted = s.pick(
    'the dentist',
    'Riverside Pharmacy',
    'the school office',
    "Sal's Garage",
    'the animal clinic',
    'the library',
    'my sister Ruth',
    'the bank',
    'the tax office',
    'the hair salon',
  )
  s.us(
    '0',
    `{Thank you for calling Fernhallow|Good ${s.daytime}, Fernhallow}, {this is ${s.agent.first}|${s.agent.first} speaking}. {How can I help you?|What can I do for you?}`,
  )
  s.them(
    '0',
    `{Oh. Is this not|Hello? Is that} ${wanted}?`,
    `Hi, I'd like to {speak to|talk to} ${wanted.replace('my sister Ruth', 'Ruth')}, please. {It's about ${s.pick('Friday', 'my appointment', 'Monday afternoon', 'tomorrow', 'the message you left')}.|}`,
  )
  s.us(
    '0',
    `{I'm afraid not|No, I'm sorry}, {you've reached Fernhallow, we do internet and home services|this is Fernhallow, the internet company}. {Which number did you dial?|}`,
  )
  const tail = s.customer.phone.slice(-2)
  const dialed = s.last.endsWith('dial?')
  if (dialed) {
    s.them(
      '0',
      `{Let me see.|Um.} ${s.customer.phone}. {Or was it ${s.customer.phone.slice(0, -2)}${tail[1]}${tail[0]}?|I think.|}`,
    )
    s.us(
      '0',
      "{That's close, but two digits are swapped.|That's not ours, so it may have been a slip.|Then you were off by one.}",
    )
  }
  s.them(
    '0',
    "{Oh, I'm so sorry to bother you.|Sorry, my mistake.|Oh dear, wrong number. Sorry!|How embarrassing. I'm sorry.}",
  )
  s.us(
    '+',
    `{No problem at all.|Don't worry, it happens.|That's quite all right.} {Have a {nice|good} ${s.daytime === 'evening' ? 'evening' : 'day'}.|Good luck!|Bye now.}`,
  )
  if (s.chance(0.5)) s.them('+', 'You too. Bye.', 'Thanks, bye.', 'Bye, and sorry again.')
}

function dataRequest(s: Scene): void {
  s.open({
    mood: '0',
    says: [
      '{I want to know what data you keep about me.|Can I get a copy of all the data you have about me?}',
      "I keep getting {your advertising|letters with offers} and {I don't want that|I'd like it to stop}. {I never agreed to that.|}",
    ],
    ack: [
      "{Of course, that's your right.|Sure, I can arrange that.}",
      '{I can help with that.|Certainly.} {Let me open your settings.|}',
    ],
  })
  const ads = s.turns.some((it) => it.text.includes('advertising') || it.text.includes('offers'))
  s.verify()
  s.wait(10, 30)
  if (ads) {
    s.us(
      '0',
      "{I see it: post, e-mail and phone are all switched on.|You're on the list for letters and e-mail.} {Should I switch off all of it?|Do you want all of it off?}",
    )
    s.them('0', '{All of it.|Everything, yes.} {But I still want to know about outages.|}')
    s.us(
      '0',
      "{Done.|It's off.} {One or two letters may still be on their way.|You'll only hear from us about your contract and outages now.}",
    )
  } else {
    s.us(
      '0',
      `{I've opened a request.|That's requested now, number ${orderNumber(s)}.} You'll get {a link to a file|a file to download} at ${s.customer.email} within {thirty days|four weeks, usually sooner}.`,
    )
    s.them('0', '{Thirty days? OK.|OK. Does that include recordings of calls?|And can I have it deleted?}')
    const asked = s.last
    if (asked.includes('recordings'))
      s.us(
        '0',
        'Yes, {the recordings and what was written from them|everything we said, as sound and as text}.',
      )
    if (asked.includes('deleted'))
      s.us(
        '0',
        "{What we don't need for the contract, yes.|Everything that isn't needed for the bills, yes.} {You can ask for it in the same link.|}",
      )
  }
  s.close(s.pick('good', 'fine'))
}

export const accounts: readonly Scenario[] = [
  inbound('address change', 'accounts', 6, addressChange, {
    bot: {
      intent: 'change_address',
      gist: 'your move',
      asks: ["I'm moving", 'Change of address', 'I need to update my address'],
    },
  }),
  inbound('authorized person', 'accounts', 3, addPerson),
  inbound('wrong number', 'accounts', 2, wrongNumber, { media: SPOKEN }),
  inbound('data request', 'accounts', 2, dataRequest),
]
