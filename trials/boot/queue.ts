// The stories of one run, so many at a time. When it is stopped no other story begins, and the table says of
// each what became of it.

import type { Story } from './stories.ts';
import type { Result } from './table.ts';

/** Tells one story; the signal ends it. */
export type Tell = (story: Story, signal: AbortSignal) => Promise<Result>;

/** Results in the order of the stories; `not run` for those that had not begun when the signal came. */
export async function tellAll(
  stories: readonly Story[],
  jobs: number,
  tell: Tell,
  signal: AbortSignal,
): Promise<readonly Result[]> {
  const results = new Map<Story, Result>();
  const waiting = [...stories];
  const worker = async () => {
    while (!signal.aborted) {
      const story = waiting.shift();
      if (story === undefined) return;
      results.set(story, await tell(story, signal));
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  return stories.map((story) => results.get(story) ?? notRun(story));
}

function notRun({ name }: Story): Result {
  return { name, result: 'not run', seconds: 0, tests: 0, failures: [] };
}
