// What the machine is made of, as the kernel tells it.

export { type ReportOptions, reportHardware } from './report.ts';
