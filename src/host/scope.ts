// Scopes of systemd (systemd.scope(5)): in the installed system each guest, and each framer, has a unit of its
// own in a slice of its own. It outlives rayosd, and systemd sees it, limits it and ends it in its turn. rayosd
// may not make units: a service of root does (image/tree/usr/lib/rayos/scope), asked over a socket that only
// rayosd's user can open, and only for processes that are rayosd's.

import { readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { RayError } from '../contracts/index.ts';
import { within } from '../foundation/index.ts';
import { type Controller, type GroupLimits, type Holder, wantedControllers } from './holder.ts';

export const scopeSocket = '/run/rayos-scope.sock';

type Kind = 'guest' | 'framer';

const answerTimeoutMs = 20_000;
const maxAnswerBytes = 1000;
const files = { cpu: 'cpu.max', memory: 'memory.max', pids: 'pids.max' } as const;

export class Scopes implements Holder {
  readonly controllers: ReadonlySet<Controller> = new Set(wantedControllers);
  readonly missing = undefined;
  readonly isRequired = true;
  readonly #socket: string;
  readonly #kind: Kind;

  private constructor(socket: string, kind: Kind) {
    this.#socket = socket;
    this.#kind = kind;
  }

  /** Those of a kind; undefined where this machine's system makes none. */
  static open(kind: Kind, socket = scopeSocket): Scopes | undefined {
    const isThere = statSync(socket, { throwIfNoEntry: false })?.isSocket() === true;
    return isThere ? new Scopes(socket, kind) : undefined;
  }

  async hold(id: string, pids: readonly number[], limits: GroupLimits): Promise<void> {
    const { memoryBytes = 0, cpuPercent = 0, processes = 0 } = limits;
    const words = [this.#kind, id.slice(0, 8), memoryBytes, cpuPercent, processes, ...pids];
    const answer = await ask(this.#socket, words.join(' '));
    if (answer !== 'ok')
      throw new RayError('INTERNAL', `systemd made no scope: ${answer || 'no answer'}`);
  }

  held(id: string, pid: number): ReadonlySet<Controller> {
    const group = /^0::(\/.*)$/m.exec(read(`/proc/${pid}/cgroup`))?.[1] ?? '';
    if (!group.endsWith(`/rayos-${this.#kind}-${id.slice(0, 8)}-${pid}.scope`)) return new Set();
    const limit = (each: Controller) => read(`/sys/fs/cgroup${group}/${files[each]}`).trim();
    return new Set(wantedControllers.filter((each) => !/^(max|$)/.test(limit(each))));
  }

  /** systemd removes a scope when its last process has gone. */
  remove(): Promise<void> {
    return Promise.resolve();
  }

  sweep(): void {}
}

/** One line to the socket, and the line that comes back. */
async function ask(path: string, line: string): Promise<string> {
  const socket = connect(path);
  try {
    const answered = new Promise<string>((resolve, reject) => {
      let text = '';
      socket.setEncoding('utf8');
      socket.on('data', (part: string) => {
        text = (text + part).slice(0, maxAnswerBytes);
      });
      socket.once('end', () => resolve(text.trim()));
      socket.once('error', reject);
      socket.write(`${line}\n`);
    });
    const late = () => new RayError('TIMED_OUT', 'systemd was asked for a scope, and is silent');
    return await within(answered, answerTimeoutMs, late);
  } finally {
    socket.destroy();
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // the process has gone, or has no such limit
  }
}
