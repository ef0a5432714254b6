// rayosd: the authority over display, input, guests and policy. Runs in the foreground; SIGINT and
// SIGTERM stop it cleanly, and its guests as policy says.

import { asRayError, errors, exitCodes } from '../contracts/index.ts';
import { isService, paths, stopsSlowly, tellServiceManager } from '../foundation/index.ts';
import { loginLifeMs } from '../gateway/index.ts';
import { machineStops } from '../host/index.ts';
import { hasDisplay, openBrowser } from './browser.ts';
import { compose, type Rayos } from './compose.ts';
import { installedAs, readOptions, usage } from './options.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    say(usage);
    return exitCodes.done;
  }
  const asked = stopSignals();
  const places = paths();
  await using rayos = await compose(places, {
    port: options.port,
    ...(options.markers && { onMarker: say }),
    ...installedAs(process.env),
    ...(options.displayDoor && { displayDoor: options.displayDoor }),
  });
  if (rayos.policy.brokenBecause !== undefined)
    say(`RayOS is in safe mode: ${rayos.policy.file} is broken: ${rayos.policy.brokenBecause}`);
  // SHELL has been reached: the API and the console answer.
  void tellServiceManager('READY=1', `STATUS=${rayos.gateway.address}`);
  const address = rayos.loginAddress();
  // Where markers are wanted, standard output is a journal, and no place for what signs one in.
  if (!options.markers)
    say(
      `RayOS is ready. Open it here (this address signs you in, once, within 10 minutes):\n\n    ${address}\n`,
    );
  if (options.open && !hasDisplay())
    say('There is no graphical session here: open the address yourself.\n');
  using _opened = options.open
    ? openBrowser(address, {
        runtimeDir: places.runtimeDir,
        lifeMs: loginLifeMs,
        onFailure: (reason) => say(`It has not been opened in a browser: ${reason}.`),
      })
    : undefined;
  const presenting =
    options.present === undefined
      ? Promise.resolve()
      : present(rayos, options.present, asked.signal);
  const reason = await Promise.race([asked.reason, rayos.shutdownAsked]);
  asked.abort();
  await presenting;
  await stop(rayos, reason);
  return exitCodes.done;
}

/** Shows the guest, making it first when there is none of that name; says what was observed. */
async function present(
  { dispatch, guests }: Rayos,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const context = { actor: { kind: 'person', name: 'person:start' } as const, signal };
  try {
    if (!guests.list().some((guest) => guest.name === name))
      await dispatch.run({ command: 'guest.create', arguments: { name } }, context);
    say(`Starting ${name} …`);
    const shown = (await dispatch.run(
      { command: 'guest.present', arguments: { guest: name } },
      context,
    )) as { width: number; height: number; guest: { title: string } };
    say(`${shown.guest.title} is on screen, ${shown.width}×${shown.height}. Ctrl-C stops RayOS.`);
  } catch (thrown) {
    const error = asRayError(thrown);
    if (!signal.aborted) say(`${name} is not on screen: ${error.message}. ${error.next}`);
  }
}

async function stop({ guests, policy, recorder }: Rayos, reason: string): Promise<void> {
  recorder.mark('BOOT_MARKER:STOPPING', { reason });
  // A large guest takes long to be saved; each step of it has an end of its own.
  void tellServiceManager('STOPPING=1', 'STATUS=stopping');
  using _slowly = stopsSlowly();
  // A service that is only started anew finds its guests again: they run on in units of their own.
  const isAsked = !/^SIG/.test(reason);
  const staysOn = isService() && !isAsked && !(await machineStops());
  const wish = staysOn ? 'keep' : policy.policy.guests.on_exit;
  const running = guests
    .list()
    .filter(({ state }) => state === 'running' || state === 'paused').length;
  if (running > 0 && wish === 'stop') {
    say(`Stopping ${running === 1 ? 'the guest' : `${running} guests`} …`);
    await guests.stopAll();
  } else if (running > 0 && wish === 'suspend') {
    say(`Suspending ${running === 1 ? 'the guest' : `${running} guests`} …`);
    await guests.suspendAll();
  } else if (running > 0) {
    const why = staysOn ? 'until RayOS is back' : 'as policy says';
    say(`${running === 1 ? 'The guest runs' : `${running} guests run`} on, ${why}.`);
  }
  for (const { title, state } of guests.list())
    if (wish !== 'keep' && (state === 'running' || state === 'paused'))
      say(
        `${title} runs on: it could not be ${wish === 'stop' ? 'stopped' : 'saved'}. The log says why.`,
      );
  recorder.mark('BOOT_MARKER:STOPPED', {});
  say('RayOS has stopped.');
}

/** The first SIGINT or SIGTERM asks for a clean stop; a third one ends the process. */
function stopSignals(): {
  readonly reason: Promise<string>;
  readonly signal: AbortSignal;
  abort(): void;
} {
  const { promise, resolve } = Promise.withResolvers<string>();
  const controller = new AbortController();
  let count = 0;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      count++;
      if (count === 1) resolve(name);
      if (count === 2) say('Still stopping; once more ends RayOS at once, and its guests run on.');
      if (count >= 3) process.exit(exitCodes.failed);
    });
  }
  return { reason: promise, signal: controller.signal, abort: () => controller.abort() };
}

main().then(
  (code) => process.exit(code),
  (thrown: unknown) => {
    const error = asRayError(thrown, { logFile: paths().logFile });
    process.stderr.write(`rayos: ${error.message}.\n${error.next}\n`);
    process.exit(exitCodes[errors[error.code].exit]);
  },
);
