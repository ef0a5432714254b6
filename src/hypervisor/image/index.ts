// Images that people bring: what they are, and what is made of them.

export { type EspLayout, espLayout } from './esp.ts';
export type { DiskContent, Found } from './found.ts';
export { type Looked, lookAt, openFile } from './look.ts';
export { type ImageUser, type ImageWork, importDisk, mayRead } from './tool.ts';
