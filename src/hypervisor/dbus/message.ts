// Messages (D-Bus specification, "Message Format"): header, then body.

import { Reader } from './reader.ts';
import { parseSignature, protocolError, type Type } from './signature.ts';
import type { BodyOf, Value, Variant } from './value.ts';
import { Writer } from './writer.ts';

export const messageTypes = { call: 1, return: 2, error: 3, signal: 4 } as const;
export type MessageType = keyof typeof messageTypes;

/** D-Bus allows no larger message. */
export const maxMessageBytes = 128 * 1024 * 1024;
const maxHeaderBytes = 64 * 1024;
const fixedHeaderBytes = 16;
const littleEndian = 0x6c;
const protocolVersion = 1;
const noReplyExpected = 1;

type Header = {
  readonly path?: string;
  readonly interface?: string;
  readonly member?: string;
  readonly errorName?: string;
  readonly replySerial?: number;
  /** A name of the form `:1.2`. Between two peers nobody needs one, but for what QEMU 7.2 makes of that. */
  readonly sender?: string;
};

export type Outgoing = Header & {
  readonly type: MessageType;
  readonly serial: number;
  readonly noReply?: boolean;
  readonly signature?: string;
  readonly body?: readonly Value[];
  readonly fdCount?: number;
};

export type Incoming = Header & {
  readonly type: MessageType;
  readonly serial: number;
  readonly noReply: boolean;
  readonly signature: string;
  readonly fdCount: number;
  /** The whole message; its body begins at `bodyAt`. A view: valid as long as the bytes that were decoded. */
  readonly bytes: Uint8Array;
  readonly bodyAt: number;
};

const fields = [
  ['path', 1, 'o'],
  ['interface', 2, 's'],
  ['member', 3, 's'],
  ['errorName', 4, 's'],
  ['replySerial', 5, 'u'],
  ['sender', 7, 's'],
  ['signature', 8, 'g'],
  ['fdCount', 9, 'u'],
] as const;
const fieldNames = new Map(fields.map(([name, code, signature]) => [code, { name, signature }]));
const headerFields = parseSignature('a(yv)')[0] as Type;

export function encodeMessage(message: Outgoing): Buffer {
  const body = new Writer();
  parseSignature(message.signature ?? '').forEach((type, i) => {
    const value = message.body?.[i];
    if (value === undefined) throw new TypeError('a body with fewer values than its signature');
    body.write(type, value);
  });
  const header = new Writer();
  header.uint8(littleEndian);
  header.uint8(messageTypes[message.type]);
  header.uint8(message.noReply === true ? noReplyExpected : 0);
  header.uint8(protocolVersion);
  header.uint32(body.length);
  header.uint32(message.serial);
  const present: Value[] = [];
  for (const [name, code, signature] of fields) {
    const value = message[name];
    if (value !== undefined && value !== '' && value !== 0)
      present.push([code, { signature, value }]);
  }
  header.write(headerFields, present);
  header.align(8);
  return Buffer.concat([header.finish(), body.finish()]);
}

/**
 * Length of the message that begins `bytes`; undefined while its first 16 bytes are not all there.
 * Throws QEMU_PROTOCOL for what is no message or is larger than `limit`.
 */
export function messageLength(bytes: Uint8Array, limit = maxMessageBytes): number | undefined {
  if (bytes.length < fixedHeaderBytes) return undefined;
  if (bytes[0] !== littleEndian || bytes[3] !== protocolVersion)
    throw protocolError('bytes that are no D-Bus message');
  const view = new DataView(bytes.buffer, bytes.byteOffset, fixedHeaderBytes);
  const headerLength = view.getUint32(12, true);
  if (headerLength > maxHeaderBytes) throw protocolError(`a header of ${headerLength} bytes`);
  const length = Math.ceil((fixedHeaderBytes + headerLength) / 8) * 8 + view.getUint32(4, true);
  if (length > limit) throw protocolError(`a message of ${length} bytes`);
  return length;
}

/** Reads the header of one whole message. Throws QEMU_PROTOCOL. */
export function decodeMessage(bytes: Uint8Array): Incoming {
  if (messageLength(bytes) !== bytes.length) throw protocolError('a message of another length');
  const view = new DataView(bytes.buffer, bytes.byteOffset, fixedHeaderBytes);
  const type = typeNames[bytes[1] ?? 0];
  if (type === undefined) throw protocolError(`a message of type ${bytes[1]}`);
  const reader = new Reader(bytes, 12);
  const found = readFields(reader);
  reader.align(8);
  return {
    signature: '',
    fdCount: 0,
    ...found,
    type,
    serial: view.getUint32(8, true),
    noReply: ((bytes[2] ?? 0) & noReplyExpected) !== 0,
    bytes,
    bodyAt: reader.position,
  };
}

const typeNames = [undefined, 'call', 'return', 'error', 'signal'] as const;

function readFields(reader: Reader): Header & { signature?: string; fdCount?: number } {
  const found: Record<string, Value> = {};
  for (const entry of reader.read(headerFields) as readonly [number, Variant][]) {
    const field = fieldNames.get(entry[0] as 1);
    if (field === undefined) continue;
    if (entry[1].signature !== field.signature) throw protocolError(`a wrong ${field.name}`);
    found[field.name] = entry[1].value;
  }
  return found;
}

/** The values of a message whose signature must be exactly `signature`. Throws QEMU_PROTOCOL. */
export function readBody<const S extends string>(message: Incoming, signature: S): BodyOf<S> {
  if (message.signature !== signature) {
    const name = message.member ?? message.type;
    throw protocolError(`${name} with (${message.signature}) instead of (${signature})`);
  }
  const reader = new Reader(message.bytes, message.bodyAt);
  // The body's own alignment counts from its beginning, which is aligned to 8 itself.
  return parseSignature(signature).map((type) => reader.read(type)) as BodyOf<S>;
}
