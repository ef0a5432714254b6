// The stories that `npm test` runs as well, the longest first: what continuous integration has to see of a
// machine that boots, within its time. `npm run trials` runs all of them.
// @ts-check

export const inTests = /** @type {readonly string[]} */ ([
  'fallback-failing-check',
  'usb-to-golden',
  'fallback-kernel-panic',
  'truncated-uki',
  'power-cuts',
  'broken-policy',
]);

/** The files of these stories, from the folder of the project. */
export const filesInTests = inTests.map((name) => `trials/boot/${name}.trial.ts`);
