// The hypervisor: owns QEMU's command line, its processes, QMP, its D-Bus display and the probe of what this
// machine can run. May use contracts and foundation. Holds no policy; whatever QEMU or a guest sends is
// checked before it is believed and bounded in size, and never blocks rayosd.

export * from './disk/disk-image.ts';
export * from './disk/live.ts';
export { readQcow2, trustedHeader } from './disk/qcow2.ts';
export { openDisplayChannel } from './display/channel.ts';
export { ChannelGiver } from './display/handover.ts';
export * from './display/index.ts';
export { closeDescriptor as closeSocket, socketPair } from './ffi/descriptors.ts';
export * from './image/index.ts';
export { commandLine } from './machine/command-line.ts';
export type * from './machine/config.ts';
export { isSupported } from './machine/devices.ts';
export { optionList } from './machine/escape.ts';
export { findFirmware, needFirmware, type Processor } from './probe/firmware.ts';
export { type ProbeOptions, probeHypervisor } from './probe/index.ts';
export { type ConnectOptions, type ExecuteOptions, QmpClient } from './qmp/client.ts';
export type { QmpEvent } from './qmp/message.ts';
export { attachQemu } from './run/attach.ts';
export { findQemu, killProcess } from './run/find.ts';
export { type LaunchOptions, launchQemu } from './run/launch.ts';
export type { QemuExit, RunningQemu } from './run/running.ts';
export { loadState, StateRefused, saveState } from './run/saved-state.ts';
export { keepSerialLog, type SerialLogOptions, type SerialPort } from './run/serial-log.ts';
