import { collectDefaultMetrics, Registry } from 'prom-client'
import { restartCounter } from '../http/plugins/metrics.ts'
import type { Member } from './member.ts'
import { Totals } from './totals.ts'

/** Milliseconds for which `/metrics` waits for a worker, before it goes by the values that it last had from it. */
const PATIENCE = 1000

/** Asks the workers for their metrics, and adds them up. */
export function createSum(serving: () => ReadonlySet<Member>) {
  const totals = new Totals()
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const restarts = restartCounter([registry])

  async function collect(member: Member): Promise<void> {
    try {
      const metrics = await member.call('collect', undefined, { timeout: PATIENCE })
      if (serving().has(member)) totals.seen(member, metrics)
    } catch {
      // It is busy or gone: its last values count.
    }
  }

  return {
    restarted: () => restarts.inc(),
    ended: (member: Member) => totals.ended(member),
    /** As text. Of this process CPU, memory and files count in; its heap and event loop would only blur those that serve. */
    async metrics(): Promise<string> {
      await Promise.all([...serving()].map(collect))
      const own = await registry.getMetricsAsJSON()
      return totals.together(own.filter(({ name }) => /^(process|parlance)_/.test(name))).metrics()
    },
  }
}
