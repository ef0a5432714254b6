// The machine below: one file for each of its tools. May use contracts and foundation. Each says whether it
// is there, does one thing with it, and gives its reasons in words; none holds policy.

export * from './cgroup.ts';
export * from './efivars.ts';
export * from './hardware/index.ts';
export * from './holder.ts';
export * from './kernel.ts';
export * from './os-release.ts';
export * from './passt.ts';
export * from './scope.ts';
export * from './system-state.ts';
