import type { Scene } from '../scene.ts'
import type { Scenario } from './scenario.ts'
import { inbound, SPOKEN_OR_CHAT } from './scenario.ts'

function slowWifi(s: Scene): void {
  const speed = s.between(8, 40)
  const room = s.pick('bedroom', 'home office', 'kitchen', 'basement', 'upstairs rooms')
  s.open({
    mood: '~',
    says: [
      `My Wi-Fi is {really|so} slow in the ${room}. I pay for ${s.customer.plan} and {I get|the test shows} ${speed} megabits.`,
      `{Video calls keep freezing|Films keep stopping} when I'm in the ${room}. {Near the router it's fine.|It's been like that for weeks.}`,
    ],
    ack: [
      "{Let's see what we can do.|That's usually something we can improve.}",
      "OK, {let's find out if it's the line or the Wi-Fi|let me measure the line first}.",
    ],
  })
  s.verify()
  s.wait(20, 60)
  s.us(
    '0',
    `{The line into your home is fine|I measure the full speed at the router}, so it's the Wi-Fi. Where {is the router|does the router stand}?`,
  )
  s.them(
    '0',
    '{In the hall, in a cupboard.|Behind the TV.|In the basement, next to the fuse box.|On the floor in the corner of the living room.}',
  )
  s.us(
    '0',
    '{Ah.|That explains a lot.} {Metal and walls eat the signal.|It hates being shut in.} Could you put it {somewhere high and open|up on a shelf, in the open}?',
  )
  if (s.chance(0.55)) movesRouter(s, speed)
  else needsBooster(s)
}

function movesRouter(s: Scene, speed: number): void {
  s.them('0', '{Hang on, I have a long cable.|OK, give me a minute.} {Let me try.|}')
  s.wait(60, 150)
  s.them(
    '+',
    `{It's on the shelf now.|OK, moved it.} {The test says|I get} ${speed * s.between(5, 8)} {now|megabits}! {I'm amazed.|That's a different world.}`,
  )
  s.us('+', '{There you go.|Wonderful.} {Sometimes it really is that simple.|And it looks stable from here.}')
  s.close('good')
}

function needsBooster(s: Scene): void {
  s.them(
    '0',
    "{I can't, the cable is too short.|There's no other socket.} {Is there anything else?|What else can I do?}",
  )
  s.us(
    '0',
    `Then {a booster|a second access point} would help. It's ${s.money(s.pick(4, 5, 6))} a month, {or you can buy it for|or once} ${s.money(s.pick(59, 69, 79))}. {You can send it back within thirty days if it doesn't help.|}`,
  )
  const buys = s.chance(0.6)
  s.them(
    '0',
    buys
      ? "{OK, I'll try the monthly one.|I'll buy it.} {Can you send it to my home?|}"
      : "{I'll think about it.|Let me talk to my wife first.|Hm, I'd rather not pay extra for what I should have anyway.}",
  )
  s.us(
    '0',
    buys
      ? `{It's on its way|I've ordered it}, you'll have it ${s.on(s.ahead(2, 3))}.`
      : "{Of course.|That's fine.} You'll find it in the app under Extras{ when you decide|}.",
  )
  s.close('fine')
}

function passwordReset(s: Scene): void {
  const reason = s.pick('mail', 'locked', 'changed')
  s.open({
    mood: '0',
    says: {
      mail: [
        "I {forgot|don't remember} my password and the reset e-mail {doesn't come|never arrives}.",
        "I want to reset my password for the app, but I'm not getting {the e-mail|any e-mail}. I've tried {three|four} times.",
      ],
      locked: [
        "I'm locked out of my account. It says too many attempts.",
        "The app says my account is {locked|blocked}, and {I only tried twice|I'm sure the password is right}.",
      ],
      changed: [
        "I can't log in because {my old e-mail address doesn't exist anymore|I don't have the old e-mail address anymore}, and {the reset goes there|that's where the reset link goes}.",
      ],
    }[reason],
    ack: [
      "{No problem|Sure}, {let's get you back in|we'll get you back in}.",
      "{I can help with that.|That's easily solved.}",
    ],
  })
  s.verify()
  if (reason === 'locked') {
    s.us(
      '0',
      "{I see it, it locked itself after five attempts.|Yes, it's locked since {this morning|ten minutes ago}.} {I've unlocked it now.|I'm unlocking it now.} {Please use \"Forgot password\" rather than the old one.|Could you try again, slowly?}",
    )
  } else if (reason === 'changed') newAddress(s)
  else lostMail(s)
  s.wait(30, 90)
  s.them(
    '+',
    "{I'm in!|It worked.|OK, I'm in.} {Finally.|Thank you!|}",
    '{Yes, that did it.|It lets me in now.}',
  )
  if (s.chance(0.3))
    s.us(
      '0',
      "{While you're there|One tip}: {turn on the login by fingerprint, then you won't need it again|you can switch on login by text, under Security}.",
    )
  s.close('good')
}

function newAddress(s: Scene): void {
  s.us(
    '0',
    `{To be safe|For security} I'll send a code to {your cell phone|the phone number we have}, ending in ${s.customer.phone.slice(-4)}. {Can you read it to me?|What does it say?}`,
  )
  s.wait(10, 40)
  s.them('0', `{It says|It's} ${s.digits(6)}.`)
  s.us('0', "{That matches.|Perfect.} {And what's the new e-mail address?|Which address should I put in?}")
  s.them('0', `${s.customer.email}.`)
  s.us(
    '0',
    "{Saved.|OK, it's changed.} {The link is on its way there now.|I've just sent the reset link there.}",
  )
}

function lostMail(s: Scene): void {
  s.us(
    '0',
    `I see {three|four} e-mails going out to ${s.customer.email}. {Have you looked in the spam folder?|Could it be in your spam folder?}`,
  )
  s.them(
    '0',
    '{Let me look... oh. Yes, all of them.|Nothing there either.|Wait. There they are, under Promotions.}',
  )
  if (s.last.startsWith('Nothing'))
    s.us(
      '0',
      "{Then I'll send you a text with a link instead.|OK, then let's do it by text.} {It's good for ten minutes.|You should have it now.}",
    )
  else s.us('0', '{Use the newest one, the others have expired.|Only the last one works.}')
}

export const helpdesk: readonly Scenario[] = [
  inbound('slow wifi', 'technical', 4, slowWifi, { media: SPOKEN_OR_CHAT }),
  inbound('password reset', 'accounts', 6, passwordReset, {
    bot: {
      intent: 'password_reset',
      gist: 'logging in to your account',
      asks: ['I forgot my password', "I can't log in", 'Password reset', 'My account is locked'],
    },
  }),
]
