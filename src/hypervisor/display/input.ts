// Keys and pointer of one console: org.qemu.Display1.Keyboard and org.qemu.Display1.Mouse.

import type { DisplayConnection } from './connection.ts';
import type { Keyboard, Mouse } from './types.ts';

export function keyboardOf(connection: DisplayConnection, console: number): Keyboard {
  const path = `/org/qemu/Display1/Console_${console}`;
  const name = 'org.qemu.Display1.Keyboard';
  const call = async (member: string, qnum: number) => {
    const body = [qnum];
    await connection.call({ path, interface: name, member, signature: 'u', body, returns: '' });
  };
  return {
    press: (qnum) => call('Press', qnum),
    release: (qnum) => call('Release', qnum),
    async modifiers() {
      const value = (await connection.getProperties(path, name)).get('Modifiers')?.value;
      const bits = typeof value === 'number' ? value : 0;
      return {
        scrollLock: (bits & 1) !== 0,
        numLock: (bits & 2) !== 0,
        capsLock: (bits & 4) !== 0,
      };
    },
  };
}

export function mouseOf(connection: DisplayConnection, console: number): Mouse {
  const path = `/org/qemu/Display1/Console_${console}`;
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
