// Pictures of guests, saved as files.

import type { Guest } from '../../../src/contracts/index.ts';
import { sentence } from '../api/sentence.ts';
import type { DesktopModel } from '../desktop/model.ts';
import { tell } from '../intent-bar/outcome.ts';

/** Hands a PNG to the browser as a download. */
export function download(base64: string, fileName: string): void {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const address = URL.createObjectURL(new Blob([bytes], { type: 'image/png' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.click();
  // The browser has taken the data by then; the address only holds memory.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Takes a picture of a guest's screen and saves it. */
export async function saveScreenshot(
  guest: Guest,
  { run, notices }: DesktopModel,
  head = 0,
): Promise<void> {
  const outcome = await run('screenshot.guest', {
    guest: guest.name,
    ...(head === 0 ? {} : { head }),
  });
  const key = `screenshot:${guest.name}`;
  if (outcome.kind === 'failed')
    notices.add({
      key,
      tone: 'error',
      title: sentence(outcome.error.message),
      text: outcome.error.next,
    });
  if (outcome.kind !== 'done') return;
  const { picture, sentence: told } = tell('screenshot.guest', outcome.result);
  if (!picture) return;
  const fileName = `${guest.name}-${picture.fileName}`;
  download(picture.data, fileName);
  notices.add({ key, tone: 'good', title: 'Picture saved', text: `${fileName}. ${told}` });
}
