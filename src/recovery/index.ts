// Recovery: the small system that runs where no version does. It says why it is here, and has the few tools
// that bring a machine back: look at boots and state, repair or renew the state, give a version its tries
// again. May use contracts, foundation, host and boot; needs neither network nor rayosd nor the state, and
// writes nothing before a person has typed that it may.

export * from './findings.ts';
export * from './partitions.ts';
export * from './uki.ts';
export * from './why.ts';
