import assert from 'node:assert/strict'
import { test } from 'node:test'
import { helpText, OptionError, readOptions } from '../../bench/options.ts'

test('without options the usual table is measured and nothing that grows', () => {
  const { usual, postgres, sizes, accounts, documents, pages, workers, output } = readOptions([])
  assert.deepEqual({ usual, postgres, output }, { usual: true, postgres: false, output: 'text' })
  assert.deepEqual([sizes, accounts, documents, pages, workers], Array(5).fill(undefined))
})

test('a list that is given is measured, and all are with --growth', () => {
  const { sizes, pages } = readOptions(['--sizes', '10000,10000000'])
  assert.deepEqual([sizes, pages], [[10_000, 10_000_000], undefined])
  const all = readOptions(['--growth', '--documents', '1k,4K,1m,1024'])
  assert.deepEqual(all.documents, [1024, 4096, 1_048_576])
  assert.deepEqual(all.accounts, [1, 100, 10_000, 100_000])
})

const wrong: [args: string[], message: RegExp][] = [
  [['--size', 'many'], /--size: "many" is not a whole number from 100 to 100000/],
  [['--size', '1e4'], /--size: "1e4"/],
  [['--sizes', '10000,,5'], /--sizes: ""/],
  [['--sizes', '10000001'], /--sizes: "10000001"/],
  [['--pages', '501'], /--pages: "501" is not a whole number from 1 to 500/],
  [['--documents', '5m'], /--documents: "5m"/],
  [['--accounts', '100', '--stored', '150'], /--stored: 150 are too few for 100 accounts/],
  [['--rounds', '20', '--size', '100'], /--rounds: 20 are too many/],
  [['--seed', '../x'], /--seed/],
  [['--keep', ''], /--keep/],
  [['--no-usual'], /--no-usual/],
  [['--sise', '5'], /--sise/],
  [['something'], /something/],
]

for (const [args, message] of wrong) {
  test(`refuses ${args.join(' ')}`, () => {
    assert.throws(
      () => readOptions(args),
      (error) => error instanceof OptionError && message.test(error.message),
    )
  })
}

test('PostgreSQL is measured where it is asked for, with or without the usual table', () => {
  assert.deepEqual([readOptions(['--postgres']).postgres, readOptions(['--postgres']).usual], [true, true])
  assert.equal(readOptions(['--postgres', '--no-usual']).usual, false)
  assert.equal(readOptions(['--growth']).postgres, false)
})

test('the help names every option', () => {
  const names = Object.keys(readOptions([])).filter((name) => name !== 'output')
  for (const name of [...names, 'json', 'markdown']) assert.match(helpText(), new RegExp(`--${name}\\b`))
})
