// Recovery: the small system that runs where no version does. It says why it is here, and has the few tools
// that bring a machine back: look at boots and state, repair or renew the state, give a version its tries
// again. May use contracts, foundation, host and boot; needs neither network nor rayosd nor the state, and
// writes nothing of its own before a person has typed that it may (to mount a filesystem finishes what its
// journal had begun, as the next boot would).

export * from './findings.ts';
export * from './partitions.ts';
export * from './uki.ts';
export * from './why.ts';
