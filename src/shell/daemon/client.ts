// Speaks to rayosd over its unix socket, in the contract's form: POST /api/commands/<name>.

import type { IncomingMessage } from 'node:http';
import { asRayError, RayError } from '../../contracts/errors.ts';
import type { DesktopEvent, Plan } from '../../contracts/index.ts';
import { readLines, readText } from './read.ts';

// By way of getBuiltinModule: `import 'node:http'` also loads WebSocket and fetch (25 ms).
const http = process.getBuiltinModule('node:http');

/** Thrown for CONSENT_NEEDED: the plan, and the token that carries it out. */
export class PlanOffered extends RayError {
  readonly plan: Plan;
  readonly consent: string;

  constructor(error: RayError, plan: Plan, consent: string) {
    super(error.code, error.message, error.details);
    this.plan = plan;
    this.consent = consent;
  }
}

export type Call = {
  readonly command: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly consent?: string;
};

export class Client {
  readonly #socket: string;

  constructor(socket: string) {
    this.#socket = socket;
  }

  /** The result of a command. Throws RayError (NOT_RUNNING without rayosd), PlanOffered. */
  async call(call: Call, signal?: AbortSignal): Promise<unknown> {
    const response = await this.#post(call, signal);
    const answer = parse(await this.#guarded(readText(response), signal));
    if (response.statusCode === 200 && 'result' in answer) return answer.result;
    throw errorOf(answer);
  }

  /** The values of a streaming command, as they come, until the end or the signal. */
  async *stream(call: Call, signal?: AbortSignal): AsyncGenerator<unknown> {
    const response = await this.#post(call, signal);
    if (response.statusCode !== 200) throw errorOf(parse(await readText(response)));
    const lines = readLines(response);
    for (;;) {
      const { value: line, done } = await this.#guarded(lines.next(), signal);
      if (done) return;
      const value = parse(line);
      if ('error' in value) throw RayError.from(value.error);
      yield value;
    }
  }

  /** State and markers as they happen (server-sent events), until the signal. */
  async *events(signal: AbortSignal): AsyncGenerator<DesktopEvent> {
    const response = await this.#request({ path: '/api/events', method: 'GET' }, '', signal);
    if (response.statusCode !== 200) throw errorOf(parse(await readText(response)));
    for await (const line of readLines(response))
      if (line.startsWith('data:')) yield parse(line.slice('data:'.length)) as DesktopEvent;
  }

  /** True while something answers on the socket. */
  async isThere(): Promise<boolean> {
    try {
      await readText(await this.#request({ path: '/api/session', method: 'GET' }, ''));
      return true;
    } catch {
      return false;
    }
  }

  #post({ command, ...body }: Call, signal?: AbortSignal): Promise<IncomingMessage> {
    const path = `/api/commands/${encodeURIComponent(command)}`;
    return this.#request({ path, method: 'POST' }, JSON.stringify(body), signal);
  }

  #request(
    target: { readonly path: string; readonly method: string },
    body: string,
    signal?: AbortSignal,
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const request = http.request({
        ...target,
        socketPath: this.#socket,
        agent: false,
        headers: body === '' ? {} : { 'content-type': 'application/json' },
        ...(signal === undefined ? {} : { signal }),
      });
      request.once('response', resolve);
      request.once('error', (thrown) => reject(this.#inWords(thrown, signal)));
      request.end(body);
    });
  }

  /** An answer that breaks off: because we stopped listening, or because rayosd ended. */
  async #guarded<T>(reading: Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      return await reading;
    } catch (thrown) {
      throw this.#inWords(thrown, signal);
    }
  }

  #inWords(thrown: unknown, signal?: AbortSignal): RayError {
    if (signal?.aborted) return new RayError('CANCELLED', 'you stopped waiting for it');
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : '';
    if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ENOTDIR')
      return new RayError('NOT_RUNNING', 'RayOS is not running here', { socket: this.#socket });
    if (code === 'EACCES' || code === 'EPERM')
      return new RayError(
        'NOT_RUNNING',
        `RayOS runs here for another user: its socket ${this.#socket} is closed to you`,
        { socket: this.#socket },
      );
    if (code === 'ECONNRESET' || code === 'EPIPE')
      return new RayError('NOT_RUNNING', 'RayOS stopped before it answered', {}, thrown);
    return asRayError(thrown);
  }
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Told below, in the same words as any other answer that is none.
  }
  throw new RayError('INTERNAL', 'what answered is not RayOS, or it broke off', {
    logFile: 'the one that `rayos status` names',
  });
}

function errorOf(answer: Readonly<Record<string, unknown>>): RayError {
  const error = RayError.from(answer.error);
  if (answer.plan === undefined || typeof answer.consent !== 'string') return error;
  return new PlanOffered(error, answer.plan as Plan, answer.consent);
}
