import { fromPhrasebook } from './phrasebook.ts'

function greeting(hour: number): string {
  if (hour < 12) return 'Bom dia'
  return hour < 19 ? 'Boa tarde' : 'Boa noite'
}

export const portuguese = fromPhrasebook({
  answers: (s) => [
    `Fernhallow, ${greeting(s.hour).toLowerCase()}, fala ${s.agent.first}. Em que posso ajudar?`,
    `${greeting(s.hour)}, obrigado por ligar para a Fernhallow. O meu nome é ${s.agent.first}, em que posso ser útil?`,
  ],
  greetings: (s) => [`${greeting(s.hour)}.`, 'Olá.', `Olá, ${greeting(s.hour).toLowerCase()}.`],
  introduces: (s) => [
    `Olá, ${s.name}, o meu nome é ${s.agent.first}.`,
    `${greeting(s.hour)}, ${s.name}. Fala ${s.agent.first}, da Fernhallow.`,
  ],
  identity: ({ customer: c }) => [
    [
      'Pode {dizer-me|indicar-me} o nome completo e a morada, por favor?',
      `${c.first} ${c.last}, ${c.street}, ${c.city}.`,
    ],
    [
      '{Qual é|Pode dizer-me} o seu número de cliente? {Está no topo da fatura.|}',
      `{É o |Só um momento... é o |}${c.account}.`,
    ],
  ],
  thanks: (s) => [`{Muito obrigado|Obrigado}, ${s.name}. {Já tenho aqui a sua ficha.|Está tudo certo.}`],
  wait: (s) =>
    s.voice
      ? ['Pode aguardar um momento em linha, por favor?', 'Só um instante enquanto verifico.']
      : ['Um momento, por favor, estou a verificar.', 'Dê-me só dois minutos para ver isso.'],
  agreed: ['{Claro.|Com certeza.|Está bem.}', 'Sem problema.'],
  back: (s) => [`Obrigado por ter aguardado, ${s.name}.`, 'Peço desculpa pela demora.'],
  anythingElse: ['Posso ajudar em mais alguma coisa?', 'Há mais alguma coisa em que possa ser útil?'],
  nothingElse: {
    good: [
      'Não, é tudo. {Agradeço imenso a ajuda.|Foi muito simpático.}',
      'Não, {está ótimo|era só isso}, agradeço imenso.',
    ],
    fine: ['Não, é só isso.', 'Por agora é tudo. Até à próxima.'],
    bad: ['Não. Espero que desta vez fique resolvido.', 'Não, já chega por hoje.'],
  },
  farewell: (s, outcome) =>
    outcome === 'bad'
      ? [`Compreendo, ${s.name}, e peço novamente desculpa.`]
      : [
          `{De nada|Sempre às ordens}, ${s.name}. ${s.hour < 19 ? '{Tenha um bom dia.|Continuação de um bom dia.}' : '{Tenha uma boa noite.|Boa noite.}'}`,
          'A Fernhallow agradece o seu contacto. {Tudo de bom.|Até à próxima.}',
        ],
  goodbye: ['{Igualmente, adeus|Até à próxima|Adeus e bom trabalho}.'],
})
