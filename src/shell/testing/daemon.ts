// A small rayosd for tests: a real HTTP server on a unix socket that speaks the contract, with answers
// that the test chooses, and the real phrase resolver.

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPhraseResolver } from '../../cognition/index.ts';
import {
  asRayError,
  type CommandName,
  commands,
  type DesktopEvent,
  errors,
  type Guest,
  type Plan,
  RayError,
} from '../../contracts/index.ts';

export const linux: Guest = {
  id: '7c9e6679f3b1',
  name: 'linux-desktop',
  title: 'Linux desktop',
  recipe: 'linux-desktop',
  state: 'running',
  ready: true,
  presented: true,
  surface: 'linux-desktop.0',
  accelerator: 'tcg',
  startedAt: new Date().toISOString(),
  readyAfterMs: 4912,
};

type Args = Readonly<Record<string, unknown>>;
export type Answer = (args: Args, consent: string | undefined) => unknown;
export type Answers = Partial<Record<CommandName, Answer>>;

/** Thrown by an answer that wants consent first. */
export class Offer extends RayError {
  readonly plan: Plan;

  constructor(plan: Plan) {
    super('CONSENT_NEEDED', plan.summary, { command: plan.command });
    this.plan = plan;
  }
}

export type Daemon = AsyncDisposable & {
  /** What `rayos` needs in its environment to find this daemon. */
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
  /** Every call that came, oldest first. */
  readonly calls: readonly { command: string; arguments: Args; consent?: string }[];
  /** Resolves when somebody listens to the events. */
  readonly listenedTo: Promise<void>;
  send(event: DesktopEvent): void;
  stop(): Promise<void>;
};

/** `onLook`: somebody has looked whether it is there, and was told so. */
export async function startDaemon(
  answers: Answers = {},
  { onLook = () => {} }: { readonly onLook?: () => void } = {},
): Promise<Daemon> {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-shell-'));
  const calls: { command: string; arguments: Args; consent?: string }[] = [];
  const listeners = new Set<ServerResponse>();
  const listened = Promise.withResolvers<void>();
  const resolver = createPhraseResolver(commands);
  const all: Answers = {
    'system.status': () => ({ version: '0.1.0', address: 'http://127.0.0.1:7600/' }),
    'guest.list': () => ({ guests: [linux] }),
    'intent.resolve': ({ text }) => {
      const answer = resolver.resolve(String(text), { guests: [linux] });
      if (!answer.understood) throw answer.error;
      return { ...answer, summary: commands[answer.command].summary };
    },
    ...answers,
  };
  const server = createServer(async (request, response) => {
    if (request.url === '/api/events') {
      listeners.add(response.writeHead(200, { 'content-type': 'text/event-stream' }));
      response.flushHeaders();
      listened.resolve();
      return;
    }
    if (request.method !== 'POST') return void response.end('{}', onLook);
    const command = request.url?.split('/').at(-1) ?? '';
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString());
    calls.push({ command, ...body });
    try {
      const result = await all[command as CommandName]?.(body.arguments, body.consent);
      if (isStream(result)) await answerStream(response, result);
      else answer(response, 200, { result });
    } catch (thrown) {
      const error = asRayError(thrown);
      const offer = thrown instanceof Offer ? { plan: thrown.plan, consent: 'token-1' } : {};
      answer(response, errors[error.code].status, { error, ...offer });
    }
  });
  server.listen(join(folder, 'rayosd.sock'));
  await once(server, 'listening');
  const stop = async () => {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  return {
    env: { RAYOS_STATE: folder, RAYOS_RUNTIME: folder },
    folder,
    calls,
    listenedTo: listened.promise,
    send: (event) => listeners.forEach((to) => void to.write(`data: ${JSON.stringify(event)}\n\n`)),
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      rmSync(folder, { recursive: true });
    },
  };
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function answerStream(response: ServerResponse, values: AsyncIterable<unknown>) {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' }).flushHeaders();
  for await (const value of values) {
    if (response.destroyed) return;
    response.write(`${JSON.stringify(value)}\n`);
  }
  response.end();
}

function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
