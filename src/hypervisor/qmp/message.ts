// What QEMU says over QMP (docs/interop/qmp-spec): a greeting, answers to commands, events.

import { RayError } from '../../contracts/index.ts';

export type QmpEvent = {
  /** Such as SHUTDOWN, STOP, RESUME, GUEST_PANICKED. */
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly timestampMs: number;
};

export type QmpMessage =
  | { readonly kind: 'greeting'; readonly version: string }
  | { readonly kind: 'answer'; readonly id: unknown; readonly value: unknown }
  | {
      readonly kind: 'refusal';
      readonly id: unknown;
      readonly errorClass: string;
      readonly description: string;
    }
  | { readonly kind: 'event'; readonly event: QmpEvent };

/** Reads one line. Throws QEMU_PROTOCOL for anything else than the four kinds. */
export function parseMessage(line: string): QmpMessage {
  const message = parseObject(line);
  if ('return' in message) return { kind: 'answer', id: message.id, value: message.return };
  if ('error' in message) {
    const error = asObject(message.error) ?? {};
    return {
      kind: 'refusal',
      id: message.id,
      errorClass: String(error.class ?? 'GenericError'),
      description: String(error.desc ?? 'no reason given'),
    };
  }
  if (typeof message.event === 'string') return { kind: 'event', event: readEvent(message) };
  const greeting = asObject(message.QMP);
  if (greeting !== undefined) return { kind: 'greeting', version: readVersion(greeting) };
  throw unexpected(line);
}

type Fields = Readonly<Record<string, unknown>>;

function asObject(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : undefined;
}

function parseObject(line: string): Fields {
  try {
    const object = asObject(JSON.parse(line));
    if (object !== undefined) return object;
  } catch {
    // Told below, with the line itself.
  }
  throw unexpected(line);
}

function readEvent(message: Fields): QmpEvent {
  const timestamp = asObject(message.timestamp) ?? {};
  const ms = Number(timestamp.seconds) * 1000 + Number(timestamp.microseconds) / 1000;
  return {
    event: String(message.event),
    data: asObject(message.data) ?? {},
    timestampMs: Number.isFinite(ms) ? ms : 0,
  };
}

function readVersion(greeting: Fields): string {
  const qemu = asObject(asObject(greeting.version)?.qemu) ?? {};
  return [qemu.major, qemu.minor, qemu.micro].map(Number).join('.');
}

function unexpected(line: string): RayError {
  return new RayError(
    'QEMU_PROTOCOL',
    `QEMU sent no QMP message: ${JSON.stringify(line.slice(0, 80))}`,
  );
}
