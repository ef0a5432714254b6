// Which screens a guest has: org.qemu.Display1.VM and org.qemu.Display1.Console.

import { protocolError } from '../dbus/signature.ts';
import type { Variant } from '../dbus/value.ts';
import type { DisplayConnection } from './connection.ts';
import type { ConsoleInfo } from './types.ts';

const maxConsoles = 16;

export async function readConsoles(connection: DisplayConnection): Promise<ConsoleInfo[]> {
  const vm = await connection.getProperties('/org/qemu/Display1/VM', 'org.qemu.Display1.VM');
  const ids = vm.get('ConsoleIDs')?.value;
  if (!Array.isArray(ids) || ids.length > maxConsoles || !ids.every((id) => Number.isInteger(id)))
    throw protocolError('a wrong list of consoles');
  const consoles: ConsoleInfo[] = [];
  for (const id of ids as number[]) consoles.push(await readConsole(connection, id));
  return consoles;
}

async function readConsole(connection: DisplayConnection, id: number): Promise<ConsoleInfo> {
  const path = `/org/qemu/Display1/Console_${id}`;
  const properties = await connection.getProperties(path, 'org.qemu.Display1.Console');
  return {
    id,
    label: text(properties.get('Label')),
    kind: text(properties.get('Type')) === 'Graphic' ? 'Graphic' : 'Text',
    width: count(properties.get('Width')),
    height: count(properties.get('Height')),
  };
}

function text(variant: Variant | undefined): string {
  return typeof variant?.value === 'string' ? variant.value.slice(0, 200) : '';
}

function count(variant: Variant | undefined): number {
  return typeof variant?.value === 'number' ? variant.value : 0;
}
