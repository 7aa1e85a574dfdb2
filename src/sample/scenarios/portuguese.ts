import { caseNumber, orderNumber } from '../facts.ts'
import type { Scene } from '../scene.ts'
import type { Scenario } from './scenario.ts'
import { inbound } from './scenario.ts'

function late(s: Scene): void {
  const item = s.pick(
    'a máquina de lavar',
    'o frigorífico',
    'a máquina de café',
    'o colchão',
    'a estante',
    'o aspirador',
  )
  const due = s.back(1, 5)
  s.open({
    mood: '-',
    says: [
      `Estou à espera da minha encomenda: ${item} devia ter chegado ${s.on(due)}{ e ninguém me disse nada|}.`,
      `Encomendei ${item} convosco, e a entrega era ${s.on(due)}. {Fiquei o dia todo em casa.|Até agora, nada.}`,
    ],
    ack: [
      '{Lamento muito.|Peço desculpa pelo atraso.} Vou ver o que se passa.',
      'Compreendo. {Vamos já ver onde está.|Vou verificar.}',
    ],
  })
  s.us('0', 'Tem o número da encomenda consigo?', 'Qual é o número da encomenda?')
  s.them('0', `{É o |Sim, |}${orderNumber(s)}.`)
  s.verify()
  s.hold()
  s.us(
    '0',
    `{Já encontrei.|Já estou a ver.} Ficou retida no armazém {por falta do número da porta|porque a etiqueta estava danificada}. Podemos entregar ${s.on(s.ahead(1, 3))} {de manhã|à tarde}. {Serve-lhe?|Dá-lhe jeito?}`,
  )
  const happy = s.chance(0.6)
  s.them(
    happy ? '+' : '-',
    happy
      ? '{Sim, perfeito.|Pode ser, sim.} {Avisam antes?|}'
      : '{Tem de ser, não é?|Não tenho alternativa.} {Mas é muito desagradável.|}',
  )
  if (s.last.endsWith('?') && happy) s.us('0', 'Sim, recebe uma mensagem {meia hora|uma hora} antes.')
  if (!happy) {
    s.us('~', `Compreendo perfeitamente. Vou devolver-lhe ${s.money(s.pick(10, 15, 20))} pelo transtorno.`)
    s.them('~', '{Está bem.|Ao menos isso.}')
  }
  s.close(happy ? 'good' : 'fine')
}

function internet(s: Scene): void {
  const since = s.pick('ontem à noite', 'esta manhã', 'há duas horas')
  s.open({
    mood: '-',
    says: [
      `Estou sem internet ${since.startsWith('há') ? since : `desde ${since}`}. {A luz do router está vermelha.|Já reiniciei o router duas vezes.}`,
      `A internet não funciona ${since.startsWith('há') ? since : `desde ${since}`} e {eu trabalho em casa|preciso dela para trabalhar}.`,
    ],
    ack: [
      'Lamento o incómodo. Vamos resolver isso.',
      'Peço desculpa. {Vou testar a sua linha.|Vou ver se há alguma avaria na zona.}',
    ],
  })
  s.verify()
  s.hold()
  if (s.chance(0.5)) {
    s.us(
      '0',
      `Há uma avaria na zona de ${s.customer.city}. {Os técnicos já estão no local.|Já estamos a trabalhar nisso.} Deve ficar resolvido {até às seis da tarde|nas próximas três horas}.`,
    )
    s.them('0', '{Está bem, então espero.|Pronto, pelo menos não é do meu router.}')
    s.us('0', 'Envio-lhe uma mensagem assim que {estiver resolvido|a linha voltar}.')
    s.close('fine')
  } else {
    s.us(
      '0',
      `O problema parece ser do equipamento. Envio um técnico ${s.on(s.workday(1, 2))}, entre as {nove e as onze|duas e as quatro}. O número do processo é ${caseNumber(s)}.`,
    )
    s.them('0', '{Está bem.|Pode ser.} {A visita é paga?|Estarei em casa.}')
    if (s.last.endsWith('?')) s.us('0', 'Não, não tem qualquer custo.')
    s.close(s.pick('good', 'fine'))
  }
}

function bill(s: Scene): void {
  const extra = s.pick(4.9, 7.5, 9.9)
  s.open({
    mood: '~',
    says: [
      `A minha fatura de ${s.month(0)} vem com mais ${s.money(extra)} do que o normal. {Porquê?|Não percebo porquê.}`,
      `Cobraram-me ${s.money(s.customer.price + extra)}, mas o meu tarifário é de ${s.money(s.customer.price)}.`,
    ],
    ack: ['{Com certeza, vou ver.|Vamos ver a fatura.}', 'Percebo a dúvida. Vou já confirmar.'],
  })
  s.verify()
  s.hold()
  s.us(
    '0',
    `{Tem razão|Foi erro nosso}, esse valor {não devia lá estar|foi cobrado por engano}. {Já pedi a devolução de|Vou creditar} ${s.money(extra)}{ na próxima fatura|}.`,
  )
  s.them('+', '{Ótimo.|Muito bem.} {Recebo alguma confirmação?|}')
  if (s.last.endsWith('?')) s.us('+', `Sim, segue agora para ${s.customer.email}.`)
  s.close('good')
}

export const portugueseScenarios: readonly Scenario[] = [
  inbound('encomenda atrasada', 'languages', 1, late, { language: 'pt' }),
  inbound('sem internet', 'languages', 1, internet, { language: 'pt' }),
  inbound('fatura', 'languages', 1, bill, { language: 'pt' }),
]
