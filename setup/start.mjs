// `npm start`: from a fresh clone to a Linux desktop in a RayOS window. Prepares what is missing, then
// runs rayosd in the foreground. Runs on Node 18.
// @ts-check

import { join } from 'node:path';
import { runInForeground } from './foreground.mjs';
import { nodeOptions, projectNode, root } from './npm-packages.mjs';
import { parseOptions } from './options.mjs';
import { prepare, runScript } from './prepare.mjs';
import { bold, say, tell } from './say.mjs';

const help = `npm start [-- options]: starts RayOS here and shows its Linux desktop

  --yes           install missing Debian packages without asking
  --no-install    install no Debian package; say which are missing and stop
  --port N        listen on this port (1 to 65535) instead of the usual one
  --no-open       do not open a browser
  --no-present    start RayOS alone, without a guest
  --rescue        show the rescue desktop instead: smaller, quicker, keeps nothing
  --help          this text

Ctrl-C stops RayOS; its guests stop or run on as its policy says.`;

/** The exit status with which setup/build.mjs says that RayOS runs already. */
const alreadyRuns = 10;

async function main() {
  const { flags, values } = parseOptions(process.argv.slice(2), {
    flags: ['yes', 'no-install', 'no-open', 'no-present', 'rescue', 'help'],
    values: ['port'],
  });
  if (flags.has('help')) {
    say(help);
    return 0;
  }
  say(bold('RayOS'));
  await prepare({ yes: flags.has('yes'), install: !flags.has('no-install'), system: true });
  const isPresenting = !flags.has('no-present');
  const guest = flags.has('rescue') ? 'rescue-desktop' : 'linux-desktop';
  const built = await runScript('setup/build.mjs', [
    '--unless-running',
    'desktop',
    ...(isPresenting ? [guest] : []),
  ]);
  if (built === alreadyRuns) return 0;
  if (built !== 0) return built;
  return runInForeground(projectNode, [
    ...nodeOptions,
    join(root, 'src/rayosd/main.ts'),
    ...(isPresenting ? ['--present', guest] : []),
    ...(flags.has('no-open') ? [] : ['--open']),
    ...(values.port === undefined ? [] : ['--port', values.port]),
  ]);
}

process.exitCode = await main().catch(tell);
