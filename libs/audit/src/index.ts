export { NotCanonicalError, canonicalJson } from './canonical.js';
export { bodyText, commitmentOf, genesisHash, hashOf, newSalt, sealEvent, type AuditBody } from './chain.js';
export { verifyChain, type Flaw, type Verdict } from './verify.js';
