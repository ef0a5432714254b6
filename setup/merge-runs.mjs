// Several runs of node's test runner reported as one: their events one after the other, their summaries
// added up at the end in the runner's own form.
// @ts-check

/**
 * @typedef {import('node:test').TestsStream} TestsStream
 * @typedef {{ tests: number, suites: number, passed: number, failed: number, cancelled: number, skipped: number, todo: number }} Counts
 */

const summaryLine = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) \d/;

/**
 * @param {readonly (() => AsyncIterable<{ type: string, data?: any }>)[]} runs each started when the one before has ended
 */
export function mergeRuns(runs) {
  /** @type {Counts} */
  const total = { tests: 0, suites: 0, passed: 0, failed: 0, cancelled: 0, skipped: 0, todo: 0 };
  let areSummariesGood = true;

  async function* events() {
    const started = performance.now();
    for (const start of runs) {
      let hasSummary = false;
      for await (const event of start()) {
        const isOfRun = event.data?.file === undefined && (event.data?.nesting ?? 0) === 0;
        if (isOfRun && event.type === 'test:summary') {
          hasSummary = true;
          areSummariesGood &&= event.data.success === true;
          for (const key of /** @type {(keyof Counts)[]} */ (Object.keys(total)))
            total[key] += event.data.counts[key] ?? 0;
        } else if (
          !(isOfRun && event.type === 'test:diagnostic' && summaryLine.test(event.data.message))
        )
          yield event;
      }
      areSummariesGood &&= hasSummary;
    }
    for (const message of summary(total, performance.now() - started))
      yield { type: 'test:diagnostic', data: { nesting: 0, message, level: 'info' } };
  }

  return {
    events: events(),
    /** True if every run told its end and something ran, all of it with success. Known after `events`. */
    isGood: () => areSummariesGood && total.tests > 0 && total.failed + total.cancelled === 0,
  };
}

/** @param {Counts} counts @param {number} durationMs */
function summary(counts, durationMs) {
  return [
    `tests ${counts.tests}`,
    `suites ${counts.suites}`,
    `pass ${counts.passed}`,
    `fail ${counts.failed}`,
    `cancelled ${counts.cancelled}`,
    `skipped ${counts.skipped}`,
    `todo ${counts.todo}`,
    `duration_ms ${durationMs}`,
  ];
}
