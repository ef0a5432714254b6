// Commands whose answer goes on: one JSON value a line, until the signal aborts or RayOS ends it.

import type { CommandResult } from '../../../src/contracts/index.ts';
import { type CommandArguments, type CommandName, RayError } from '../../../src/contracts/index.ts';

/** The values as they come; `opened` is called when RayOS has agreed, before the first. Throws the RayError that RayOS answered or ended with. */
export async function* streamCommand<N extends CommandName>(
  name: N,
  args: CommandArguments<N>,
  signal: AbortSignal,
  opened?: () => void,
): AsyncGenerator<CommandResult<N>> {
  const response = await fetch(`/api/commands/${name}`, {
    method: 'POST',
    cache: 'no-store',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ arguments: args }),
    signal,
  }).catch((thrown: unknown) => {
    signal.throwIfAborted();
    throw new RayError('NOT_RUNNING', `RayOS does not answer. ${String(thrown)}`);
  });
  if (!response.ok || !response.body) {
    const body = (await response.json().catch(() => ({}))) as { error?: unknown };
    throw RayError.from(body.error);
  }
  opened?.();
  for await (const line of linesOf(response.body)) {
    const value = JSON.parse(line) as CommandResult<N> | { error: unknown };
    if (typeof value === 'object' && value !== null && 'error' in value)
      throw RayError.from(value.error);
    yield value as CommandResult<N>;
  }
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>);
  let rest = '';
  for await (const chunk of reader) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield line;
  }
}
