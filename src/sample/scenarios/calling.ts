import type { Scene } from '../scene.ts'

/** The customer picks up, and the agent says who is calling and finds the right person. */
export function reach(s: Scene): void {
  const { first, last } = s.customer
  s.them('0', '{Hello?|Yes?|Hello, who is this?}', `{Hello, ${last}.|${first} speaking.|This is ${first}.}`)
  const answered = s.last.includes(first) || s.last.includes(last)
  if (answered)
    s.us(
      '0',
      `{Hi|Hello|Good ${s.daytime}}, ${first}. {This is ${s.agent.first} from Fernhallow|${s.agent.first} here, from Fernhallow}. {Is this a good time?|Do you have two minutes?}`,
    )
  else
    s.us(
      '0',
      `{Hello|Good ${s.daytime}}, {this is ${s.agent.first} from Fernhallow|${s.agent.first} here, calling from Fernhallow}. {Am I speaking with|Is this} ${first} ${last}?`,
    )
  if (!answered && s.chance(0.15)) {
    s.them(
      '0',
      `{No, that's my wife.|No, this is the neighbor.|No, hold on, I'll get them.} {One moment.|Hang on.}`,
    )
    s.wait(8, 40)
    s.them('0', `{Hello, ${first} speaking.|Yes, hello? This is ${first}.}`)
    s.us(
      '0',
      `Hi ${first}, {${s.agent.first} from Fernhallow here|this is ${s.agent.first} at Fernhallow}. {Is now a good time?|I won't keep you long.}`,
    )
    s.them('0', '{Sure.|Yes, go ahead.}')
  } else
    s.them(
      '0',
      answered
        ? "{Sure, what is it about?|Yes, go on.|I'm on my way out, but go ahead.}"
        : "{Yes, that's me.|Speaking.|Yes. What is this about?|It is.}",
    )
}

/** Both hang up; `glad` where the call was welcome. */
export function bye(s: Scene, glad = true): void {
  const part = s.daytime === 'evening' ? 'evening' : 'day'
  if (!glad) {
    s.us(
      '0',
      `{Sorry to have bothered you, ${s.name}.|Thank you for your time, ${s.name}.} {Goodbye.|Have a good ${part}.}`,
    )
    s.them('0', '{Bye.|Goodbye.|OK, bye.}')
    return
  }
  s.us(
    '+',
    `{Great.|Perfect.|Wonderful.|} {Thank you, ${s.name}.|Thanks for your time, ${s.name}.|That's all from me, ${s.name}.} {Have a {good|nice} ${part}.|Take care.|Goodbye.}`,
  )
  s.them('+', '{Thanks for calling. Bye.|You too, bye.|Thank you. Goodbye.|OK, bye.|Bye-bye.}')
}
