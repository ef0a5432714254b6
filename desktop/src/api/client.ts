// The daemon's HTTP API, as far as the desktop uses it. Same origin; the session is a cookie that this
// code never sees.

import {
  type CommandArguments,
  type CommandName,
  type CommandRequest,
  type CommandResult,
  type ErrorBody,
  type Plan,
  RayError,
} from '../../../src/contracts/index.ts';

export type Answer<N extends CommandName> =
  | { readonly result: CommandResult<N> }
  | { readonly error: ErrorBody; readonly plan?: Plan; readonly consent?: string };

/** Calls one command of the table. Never throws: whatever goes wrong is an ErrorBody. */
export async function callCommand<N extends CommandName>(
  name: N,
  args: CommandArguments<N>,
  consent?: string,
): Promise<Answer<N>> {
  const request: CommandRequest = { arguments: args, ...(consent ? { consent } : {}) };
  const response = await send('POST', `/api/commands/${name}`, request);
  if (!response) return { error: notRunning() };
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok && typeof body === 'object' && body !== null && 'result' in body)
    return body as { result: CommandResult<N> };
  const {
    error,
    plan,
    consent: token,
  } = (body ?? {}) as Partial<Extract<Answer<N>, { error: unknown }>>;
  return {
    error: RayError.from(error).toJSON(),
    ...(plan ? { plan } : {}),
    ...(token ? { consent: token } : {}),
  };
}

export type SessionAnswer =
  | { readonly state: 'in'; readonly actor: string }
  | { readonly state: 'out'; readonly error?: ErrorBody }
  | { readonly state: 'unreachable' };

/** Who this browser is signed in as. */
export async function getSession(): Promise<SessionAnswer> {
  const response = await send('GET', '/api/session');
  if (!response || response.status >= 500) return { state: 'unreachable' };
  if (!response.ok) return { state: 'out' };
  const body = (await response.json().catch(() => ({}))) as { actor?: unknown };
  return { state: 'in', actor: String(body.actor ?? '') };
}

/** Gives a one-time token for a session. */
export async function openSession(token: string): Promise<SessionAnswer> {
  const response = await send('POST', '/api/session', { token });
  if (!response) return { state: 'unreachable' };
  if (response.ok) return getSession();
  const body = (await response.json().catch(() => ({}))) as { error?: unknown };
  return { state: 'out', error: RayError.from(body.error).toJSON() };
}

export async function closeSession(): Promise<void> {
  await send('DELETE', '/api/session');
}

async function send(method: string, path: string, body?: unknown): Promise<Response | undefined> {
  try {
    return await fetch(path, {
      method,
      cache: 'no-store',
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  } catch {
    return undefined;
  }
}

function notRunning(): ErrorBody {
  return new RayError('NOT_RUNNING', 'RayOS does not answer.').toJSON();
}
