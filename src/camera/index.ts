// The camera: pictures of the desktop, taken by a real browser in a process of its own. May use contracts
// and foundation. Each picture ends its browser.

export { findBrowser, photographDesktop } from './camera.ts';
