// Keys, pointer and fingers of one console: org.qemu.Display1.Keyboard, .Mouse and .MultiTouch.

import { type Incoming, readBody } from '../dbus/message.ts';
import type { DisplayConnection } from './connection.ts';
import type { Keyboard, LockLights, Mouse, Touch, TouchPhase } from './types.ts';

const keyboardName = 'org.qemu.Display1.Keyboard';
const touchName = 'org.qemu.Display1.MultiTouch';
/** A cancelled finger is lifted: QEMU would leave it where it is. */
const touchPhases: Readonly<Record<TouchPhase, number>> = {
  begin: 0,
  update: 1,
  end: 2,
  cancel: 2,
};

const pathOf = (console: number) => `/org/qemu/Display1/Console_${console}`;

export function keyboardOf(connection: DisplayConnection, console: number): Keyboard {
  const path = pathOf(console);
  const call = async (member: string, qnum: number) => {
    const body = [qnum];
    const target = { path, interface: keyboardName, member };
    await connection.call({ ...target, signature: 'u', body, returns: '' });
  };
  return {
    press: (qnum) => call('Press', qnum),
    release: (qnum) => call('Release', qnum),
    async modifiers() {
      return lights((await connection.getProperties(path, keyboardName)).get('Modifiers')?.value);
    },
  };
}

export function mouseOf(connection: DisplayConnection, console: number): Mouse {
  const path = pathOf(console);
  const name = 'org.qemu.Display1.Mouse';
  const call = async (member: string, signature: string, body: number[]) => {
    await connection.call({ path, interface: name, member, signature, body, returns: '' });
  };
  return {
    setAbsPosition: (x, y) => call('SetAbsPosition', 'uu', [x, y]),
    relMotion: (dx, dy) => call('RelMotion', 'ii', [dx, dy]),
    press: (button) => call('Press', 'u', [button]),
    release: (button) => call('Release', 'u', [button]),
    async isAbsolute() {
      return (await connection.getProperties(path, name)).get('IsAbsolute')?.value === true;
    },
  };
}

/** undefined where QEMU does not have the interface. */
export async function touchOf(
  connection: DisplayConnection,
  console: number,
): Promise<Touch | undefined> {
  const path = pathOf(console);
  try {
    const slots = (await connection.getProperties(path, touchName)).get('MaxSlots')?.value;
    if (typeof slots !== 'number' || slots < 1) return undefined;
  } catch {
    return undefined;
  }
  return {
    async send(phase, slot, x, y) {
      const body = [touchPhases[phase], BigInt(slot), x, y];
      const target = { path, interface: touchName, member: 'SendEvent' };
      await connection.call({ ...target, signature: 'utdd', body, returns: '' });
    },
  };
}

/** The lights that a signal tells of; undefined for any other signal. Throws QEMU_PROTOCOL. */
export function lightsOf(signal: Incoming): LockLights | undefined {
  if (signal.member !== 'PropertiesChanged' || signal.signature !== 'sa{sv}as') return undefined;
  const [name, changed] = readBody(signal, 'sa{sv}as');
  if (name !== keyboardName || !changed.has('Modifiers')) return undefined;
  return lights(changed.get('Modifiers')?.value);
}

function lights(value: unknown): LockLights {
  const bits = typeof value === 'number' ? value : 0;
  return {
    scrollLock: (bits & 1) !== 0,
    numLock: (bits & 2) !== 0,
    capsLock: (bits & 4) !== 0,
  };
}
