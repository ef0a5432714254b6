// D-Bus signatures (specification, "Type System"): text to a tree of types, checked and bounded.

import { RayError } from '../../contracts/errors.ts';

export type BasicCode = 'y' | 'b' | 'n' | 'q' | 'i' | 'u' | 'x' | 't' | 'd' | 's' | 'o' | 'g' | 'h';

export type Type =
  | { readonly kind: 'basic'; readonly code: BasicCode }
  | { readonly kind: 'variant' }
  | { readonly kind: 'bytes' }
  | { readonly kind: 'array'; readonly element: Type }
  | { readonly kind: 'dictionary'; readonly key: Type; readonly value: Type }
  | { readonly kind: 'struct'; readonly members: readonly Type[] };

export const maxDepth = 16;
const maxSignatureLength = 255;
const basicCodes = 'ybnqiuxtdsogh';

/** The error of everything that is not D-Bus as we know it. */
export function protocolError(what: string): RayError {
  return new RayError('QEMU_PROTOCOL', `QEMU's display sent something unexpected: ${what}`);
}

/** The complete types of a signature. Throws QEMU_PROTOCOL. */
export function parseSignature(signature: string): readonly Type[] {
  if (signature.length > maxSignatureLength) throw protocolError('a signature that is too long');
  const types: Type[] = [];
  for (let at = 0; at < signature.length; ) {
    const [type, end] = parseOne(signature, at, 0);
    types.push(type);
    at = end;
  }
  return types;
}

function parseOne(text: string, at: number, depth: number): [Type, number] {
  if (depth > maxDepth) throw protocolError('a signature that is nested too deeply');
  const code = text[at];
  if (code === 'v') return [{ kind: 'variant' }, at + 1];
  if (code === 'a') return parseArray(text, at + 1, depth);
  if (code === '(') return parseStruct(text, at + 1, depth);
  if (code !== undefined && basicCodes.includes(code))
    return [{ kind: 'basic', code: code as BasicCode }, at + 1];
  throw protocolError(`the signature ${JSON.stringify(text)}`);
}

function parseArray(text: string, at: number, depth: number): [Type, number] {
  if (text[at] === 'y') return [{ kind: 'bytes' }, at + 1];
  if (text[at] !== '{') {
    const [element, end] = parseOne(text, at, depth + 1);
    return [{ kind: 'array', element }, end];
  }
  const [key, afterKey] = parseOne(text, at + 1, depth + 1);
  const [value, afterValue] = parseOne(text, afterKey, depth + 1);
  if (key.kind !== 'basic' || text[afterValue] !== '}')
    throw protocolError(`the signature ${JSON.stringify(text)}`);
  return [{ kind: 'dictionary', key, value }, afterValue + 1];
}

function parseStruct(text: string, start: number, depth: number): [Type, number] {
  const members: Type[] = [];
  let at = start;
  while (text[at] !== ')') {
    const [member, end] = parseOne(text, at, depth + 1);
    members.push(member);
    at = end;
  }
  if (members.length === 0) throw protocolError('an empty struct');
  return [{ kind: 'struct', members }, at + 1];
}

const basicAlignment: Readonly<Record<BasicCode, number>> = {
  y: 1,
  b: 4,
  n: 2,
  q: 2,
  i: 4,
  u: 4,
  x: 8,
  t: 8,
  d: 8,
  s: 4,
  o: 4,
  g: 1,
  h: 4,
};

export function alignment(type: Type): number {
  if (type.kind === 'basic') return basicAlignment[type.code];
  if (type.kind === 'variant') return 1;
  return type.kind === 'struct' ? 8 : 4;
}
