// Files dropped onto a window go into the guest's folder for dropped files.

import { sentence } from '../api/sentence.ts';
import type { DesktopModel } from '../desktop/model.ts';
import { ownWork } from '../progress/progress.ts';
import './drop.css';

/** Lets a window take files for its guest. The listeners go with the element. */
export function acceptDrops(element: HTMLElement, desktop: DesktopModel, guest: string): void {
  const carries = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
  const mark = (over: boolean) => element.classList.toggle('dropping', over);
  element.addEventListener('dragover', (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
    mark(true);
  });
  element.addEventListener('dragleave', (event) => {
    if (!element.contains(event.relatedTarget as Node | null)) mark(false);
  });
  element.addEventListener('drop', (event) => {
    mark(false);
    if (!carries(event)) return;
    event.preventDefault();
    void sendAll([...(event.dataTransfer?.files ?? [])], desktop, guest);
  });
}

/** A file that misses a window must not take the page's place. */
export function refuseStrayDrops(signal: AbortSignal): void {
  for (const type of ['dragover', 'drop'] as const)
    document.addEventListener(
      type,
      (event) => {
        if (event.defaultPrevented) return;
        event.preventDefault();
        if (event.dataTransfer) event.dataTransfer.dropEffect = 'none';
      },
      { signal },
    );
}

/** One after the other: the guest's disk is one. */
export async function sendAll(
  files: readonly File[],
  desktop: DesktopModel,
  guest: string,
): Promise<void> {
  for (const file of files) await send(file, desktop, guest);
}

async function send(file: File, desktop: DesktopModel, guest: string): Promise<void> {
  const { run, work, notices } = desktop;
  const key = `drop:${guest}:${file.name}`;
  const outcome = await run('folder.drop', { guest, file: file.name, sizeBytes: file.size });
  if (outcome.kind === 'failed') {
    const { message, next } = outcome.error;
    notices.add({ key, tone: 'error', title: sentence(message), text: next });
  }
  if (outcome.kind !== 'done') return;
  const id = ownWork();
  const what = `Sending ${file.name}`;
  work.set({ id, what, step: 'To the guest', fraction: 0 });
  const fault = await upload(file, outcome.result.upload, (fraction) =>
    work.set({ id, what, step: 'To the guest', fraction }),
  );
  work.end(id);
  notices.add(
    fault
      ? { key, tone: 'error', title: `${file.name} did not arrive`, text: fault }
      : {
          key,
          tone: 'good',
          title: `${file.name} is in the guest`,
          text: `There it is ${outcome.result.inGuest}`,
        },
  );
}

/** Resolves with why it failed; fetch tells nothing of how far it is, so this is the older way. */
function upload(
  file: File,
  path: string,
  told: (fraction: number) => void,
): Promise<string | undefined> {
  const address = new URL(path, location.href);
  if (address.origin !== location.origin) return Promise.resolve('The address is not RayOS’s own.');
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open('PUT', address);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable) told(event.loaded / event.total);
    });
    request.addEventListener('load', () =>
      resolve(request.status < 300 ? undefined : whyNot(request.responseText)),
    );
    request.addEventListener('error', () =>
      resolve('The connection to RayOS was lost. Try again.'),
    );
    request.send(file);
  });
}

function whyNot(answer: string): string {
  try {
    const { error } = JSON.parse(answer) as { error?: { message?: string; next?: string } };
    return `${sentence(error?.message ?? 'RayOS refused it')} ${error?.next ?? ''}`.trim();
  } catch {
    return 'RayOS refused it.';
  }
}
