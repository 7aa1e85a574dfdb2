import { fromPhrasebook } from './phrasebook.ts'

function greeting(hour: number): string {
  if (hour < 14) return 'Buenos días'
  return hour < 20 ? 'Buenas tardes' : 'Buenas noches'
}

export const spanish = fromPhrasebook({
  answers: (s) => [
    `Fernhallow, ${greeting(s.hour).toLowerCase()}. Le atiende ${s.agent.first}. ¿En qué puedo ayudarle?`,
    `${greeting(s.hour)}, gracias por llamar a Fernhallow. Soy ${s.agent.first}. Dígame.`,
  ],
  greetings: (s) =>
    [
      `${greeting(s.hour)}.`,
      'Hola.',
      `Hola, ${greeting(s.hour).toLowerCase()}.`,
      `Hola, ${s.agent.first}.`,
    ].slice(0, s.voice ? 4 : 3),
  introduces: (s) => [
    `Hola, ${s.name}, soy ${s.agent.first}.`,
    `${greeting(s.hour)}, ${s.name}. Le atiende ${s.agent.first}.`,
  ],
  identity: ({ customer: c }) => [
    [
      '¿Me {dice|puede decir} su nombre completo y el código postal, por favor?',
      `{Sí, |}${c.first} ${c.last}, y el código es {el |}${c.zip}.`,
    ],
    [
      '¿Me facilita el número de cliente? {Está en la parte de arriba de la factura.|}',
      `{Sí, un momento... |Es el |}${c.account}.`,
    ],
    [
      'Por seguridad, ¿me confirma su nombre y su dirección?',
      `${c.first} ${c.last}, ${c.street}, en ${c.city}.`,
    ],
  ],
  thanks: (s) => [
    `{Muchas gracias|Perfecto}, ${s.name}. {Ya veo su ficha.|Aquí lo tengo.}`,
    'Gracias. {Un segundo que se carga.|Ya está.}',
  ],
  wait: (s) =>
    s.voice
      ? [
          '¿Le importa esperar un momento en línea mientras lo compruebo?',
          'Permítame un momento, que lo miro.',
        ]
      : ['Un momento, por favor, lo estoy comprobando.', 'Deme un par de minutos y se lo miro.'],
  agreed: ['{Sí, claro.|De acuerdo.|Vale.}', 'Sin problema.'],
  back: (s) => [`Gracias por esperar, ${s.name}.`, 'Disculpe la espera.'],
  anythingElse: ['¿{Puedo ayudarle en|Necesita} algo más?', '¿Alguna otra cosa?'],
  nothingElse: {
    good: [
      'No, eso es todo. {Muchísimas gracias.|Muy amable.}',
      'No, {perfecto|todo bien}, muchas gracias por la ayuda.',
    ],
    fine: ['No, nada más, gracias.', 'De momento no. Gracias.'],
    bad: ['No. A ver si esta vez es verdad.', 'No, con esto tengo bastante por hoy.'],
  },
  farewell: (s, outcome) =>
    outcome === 'bad'
      ? [
          `Lo entiendo, ${s.name}, y le pido disculpas de nuevo.`,
          'Le pido disculpas otra vez. Que tenga buen día.',
        ]
      : [
          `A usted, ${s.name}. {Que tenga un buen día.|Que pase un buen día.}`,
          `Gracias por {confiar en|contactar con} Fernhallow. {Un saludo.|Hasta pronto.}`,
        ],
  goodbye: ['{Igualmente, adiós|Gracias, adiós|Hasta luego}.'],
})
