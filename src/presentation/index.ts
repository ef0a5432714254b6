// Presentation: owns surfaces and, for each presented guest, a framer process that reads the guest's
// pixels, serves viewers and takes their input. May use contracts, foundation, hypervisor and input. No
// pixel passes through rayosd but a screenshot, and neither a viewer nor a dead framer holds a guest up.

export type { InputRequest } from '../input/index.ts';
export { Presentation } from './presentation.ts';
export * from './types.ts';
