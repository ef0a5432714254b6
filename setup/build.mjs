// The parts of RayOS that are built, each only when it is not there as its sources are. Runs on the
// project's Node: `node setup/build.mjs [--unless-running] [desktop] [linux-desktop] [rescue-desktop]
// [image]`.
// @ts-check

import { isRunning } from './already-running.mjs';
import { buildDesktop } from './desktop-build.mjs';
import { SetupError, step, tell } from './say.mjs';

const alreadyRuns = 10;

/** @type {Readonly<Record<string, () => Promise<void>>>} */
const parts = {
  desktop: () => step('RayOS desktop', buildDesktop),
  'rescue-desktop': () =>
    step('Rescue desktop, guest image', (progress) => guestImage('rescue-desktop', progress)),
  'linux-desktop': () =>
    step('Linux desktop, guest image', (progress) => guestImage('linux-desktop', progress)),
  image: () => step('RayOS image, two versions', images),
};

/** What the stories of whole machines start. @param {(phase: string) => void} progress */
async function images(progress) {
  const { prepareImages } = await import('../trials/machine/images.ts');
  let isBuilt = false;
  await prepareImages((words) => {
    isBuilt = true;
    progress(words);
  }, cancelled());
  return isBuilt ? 'built' : 'all there';
}

/**
 * @param {string} recipe
 * @param {(phase: string, detail?: string) => void} progress
 */
async function guestImage(recipe, progress) {
  const { buildGuestImage } = await import('../guest-images/index.ts');
  let isBuilt = false;
  await buildGuestImage(recipe, {
    signal: cancelled(),
    onProgress({ step, fraction }) {
      isBuilt = true;
      progress(step, fraction === undefined ? '' : `${Math.floor(fraction * 100)} %`);
    },
  });
  return isBuilt ? 'built' : 'all there';
}

/** Aborted by Ctrl-C, so that the builder tidies up. */
function cancelled() {
  const cancel = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => cancel.abort());
  return cancel.signal;
}

/** @param {readonly string[]} argv */
async function main(argv) {
  if (argv.includes('--unless-running') && (await isRunning())) return alreadyRuns;
  for (const name of argv.filter((word) => !word.startsWith('--'))) {
    const build = parts[name];
    if (build === undefined)
      throw new SetupError(
        `there is no part ${name}.`,
        `Parts: ${Object.keys(parts).join(', ')}`,
        2,
      );
    await build();
  }
  return 0;
}

/** Errors of RayOS say what to do next, as ours do. @param {unknown} thrown */
function inWords(thrown) {
  const hasNext = thrown instanceof Error && 'next' in thrown && typeof thrown.next === 'string';
  return hasNext ? new SetupError(thrown.message, String(thrown.next)) : thrown;
}

process.exitCode = await main(process.argv.slice(2)).catch((thrown) => tell(inWords(thrown)));
