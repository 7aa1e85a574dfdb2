import { caseNumber, invoiceNumber, orderNumber } from '../facts.ts'
import type { Scene } from '../scene.ts'
import { capital } from '../wording.ts'
import type { Scenario } from './scenario.ts'
import { inbound } from './scenario.ts'

const ARTICLES: readonly (readonly [string, string])[] = [
  ['la', 'lavadora'],
  ['el', 'frigorífico'],
  ['la', 'cafetera'],
  ['el', 'lavavajillas'],
  ['la', 'estantería'],
  ['el', 'colchón'],
  ['el', 'microondas'],
]

function late(s: Scene): void {
  const [the, item] = s.random.pick(ARTICLES)
  const order = orderNumber(s)
  const due = s.back(1, 5)
  const cross = s.chance(0.4)
  s.open({
    mood: cross ? '-' : '0',
    says: cross
      ? [
          `Estoy esperando ${the} ${item} desde ${s.day(due).replace(/^(?!ayer)/, 'el ')} y {nadie me dice nada|no me ha llamado nadie}.`,
          `Pedí el día libre para recibir ${the} ${item} ${s.on(due)} y no apareció nadie.`,
        ]
      : [
          `Compré ${the === 'la' ? 'una' : 'un'} ${item} y tenía que llegar ${s.on(due)}, pero {no ha llegado|todavía no está aquí}.`,
          `Quería saber qué pasa con mi pedido. ${capital(the)} ${item} tenía que llegar ${s.on(due)}.`,
        ],
    ack: [
      '{Lo siento mucho.|Siento las molestias.} Vamos a ver dónde está.',
      '{Entiendo.|Claro.} Ahora mismo lo miro.',
    ],
  })
  s.us('0', '¿{Tiene|Me da} el número de pedido?')
  s.them('0', `{Sí, es el |Es el |}${order}.`)
  s.verify()
  s.hold()
  const next = s.ahead(1, 3)
  s.us(
    '0',
    `{Ya lo veo.|Ya lo he encontrado.} Se quedó en el almacén {por un error en la dirección|porque faltaba el número del piso}. Se lo podemos {llevar|entregar} ${s.on(next)} por la {mañana|tarde}.`,
  )
  if (cross) {
    s.them('-', '{¿Y si no llamo, ahí se queda?|¿Y quién me paga a mí el día perdido?}')
    s.us(
      '~',
      `Tiene usted razón. Le he {descontado|devuelto} ${s.money(s.pick(10, 15, 20))} por las molestias.`,
    )
    s.them('~', '{Bueno, algo es algo.|De acuerdo, se lo agradezco.}')
  } else s.them('+', '{Ah, perfecto.|Vale, me viene bien.} {¿Me avisan antes?|¿Tengo que firmar algo?}')
  if (s.last.includes('avisan')) s.us('0', 'Sí, recibirá un mensaje {media hora|una hora} antes.')
  if (s.last.includes('firmar'))
    s.us('0', 'Sí, {hace falta una firma|tiene que firmar alguien}, puede ser un vecino.')
  s.close(cross ? 'fine' : 'good')
}

function bill(s: Scene): void {
  const extra = s.pick(5, 7.5, 10, 12)
  const cross = s.chance(0.5)
  s.open({
    mood: cross ? '-' : '0',
    says: [
      `Este mes me {han cobrado|ha llegado una factura de} ${s.money(s.customer.price + extra)} y yo siempre pago ${s.money(s.customer.price)}.`,
      `Tengo una duda con la factura ${invoiceNumber(s)}. {Es más alta de lo normal.|Hay un cargo que no entiendo.} Son ${s.money(extra)} de más.`,
    ],
    ack: ['{Claro, vamos a revisarla.|Lo revisamos ahora mismo.}', 'Entiendo, déjeme ver de qué se trata.'],
  })
  s.verify()
  s.hold()
  if (s.chance(0.6)) {
    s.us(
      '0',
      `{Tiene razón|Es un error nuestro}: {se ha cobrado un servicio que usted no ha pedido|se aplicó un cargo de otro contrato}. Le devuelvo los ${s.money(extra)} {hoy mismo|en la próxima factura}.`,
    )
    s.them('+', '{Ah, muy bien.|Menos mal.} {¿Me lo confirma por correo?|}')
    if (s.last.endsWith('?')) s.us('+', `Por supuesto, se lo envío a ${s.customer.email}.`)
    s.close('good')
  } else {
    s.us('0', `Veo que el ${s.date(s.back(8, 20))} terminó su promoción de ${s.money(extra)} al mes.`)
    s.them(cross ? '-' : '0', '{Pues nadie me avisó.|No lo sabía.} ¿Y no me la pueden {renovar|mantener}?')
    s.us(
      '0',
      '{Puedo ofrecerle la mitad de ese descuento durante doce meses.|Si se queda doce meses más, le mantengo el precio de antes.}',
    )
    s.them('0', '{Bueno, de acuerdo.|Vale, hágalo.|Está bien.}')
    s.us('+', '{Hecho. Ya lo verá en la próxima factura.|Listo, ya está aplicado.}')
    s.close('fine')
  }
}

function noInternet(s: Scene): void {
  const since = s.pick('anoche', 'esta mañana', 'ayer')
  s.open({
    mood: '-',
    says: [
      `No tengo internet desde ${since}. {La luz del router está en rojo.|El router tiene una luz naranja.}`,
      `Desde ${since} no me funciona internet, y {trabajo desde casa|mis hijos tienen clase|lo necesito para trabajar}.`,
    ],
    ack: [
      'Siento el inconveniente. Vamos a revisarlo juntos.',
      'Vaya, lo siento. {Déjeme comprobar la línea.|A ver si lo arreglamos.}',
    ],
  })
  s.verify()
  s.us('0', '¿Puede desenchufar el router, esperar medio minuto y volver a enchufarlo?')
  s.them('0', '{Sí, voy.|Un momento, que está en el salón.|Ya lo hice, pero lo repito.}')
  s.wait(80, 180)
  if (s.chance(0.5)) {
    s.them('+', '{¡Ya está en verde!|¡Ya va!} {Qué alivio.|Parece que funciona.}')
    s.us('+', '{Estupendo.|Me alegro.} Desde aquí también lo veo conectado.')
    s.close('good')
  } else {
    s.them('-', '{Nada, sigue igual.|Sigue en rojo.}')
    s.us(
      '0',
      `Entonces le {mando|envío} un técnico ${s.on(s.workday(1, 2))}, entre las {nueve y las once|cuatro y las seis}. Su número de caso es ${caseNumber(s)}.`,
    )
    s.them('0', '{De acuerdo.|Está bien, estaré en casa.} {¿Tiene algún coste?|}')
    if (s.last.endsWith('?')) s.us('0', 'No, {ninguno|la visita es gratuita}.')
    s.close('fine')
  }
}

function appointment(s: Scene): void {
  const was = s.workday(1, 3)
  const next = s.workday(4, 7)
  s.open({
    mood: '0',
    says: [
      `Tengo una cita con un técnico ${s.on(was)} y {no voy a poder|me ha surgido un imprevisto}. ¿La podemos cambiar?`,
      `Quería cambiar la cita que tengo ${s.on(was)}. {Ese día trabajo.|Tengo médico.}`,
    ],
    ack: ['{Claro que sí.|Por supuesto.} {Ningún problema.|}', 'Sí, sin problema. {Ahora lo miramos.|}'],
  })
  s.verify()
  s.us(
    '0',
    `Tengo hueco el ${s.fullDay(next)}, a las {nueve|diez y media} o a las {cuatro|cinco y media}. ¿Cuál prefiere?`,
  )
  s.them('0', 'La {primera|segunda}, por favor.', '{Por la tarde|Por la mañana} mejor.')
  s.us('+', `{Cambiada|Hecho}. Recibirá un mensaje el día anterior. {Su referencia es ${caseNumber(s)}.|}`)
  s.close('good')
}

export const spanishScenarios: readonly Scenario[] = [
  inbound('entrega con retraso', 'languages', 3, late, { language: 'es' }),
  inbound('factura', 'languages', 3, bill, { language: 'es' }),
  inbound('sin internet', 'languages', 3, noInternet, { language: 'es' }),
  inbound('cambio de cita', 'languages', 2, appointment, { language: 'es' }),
]
