export { NotCanonicalError, canonicalJson } from './canonical.js';
export { bodyText, commitmentOf, genesisHash, hashOf, newSalt, sealEvent, type AuditBody } from './chain.js';
export { CheckpointError, SigningKey, VerifierKey, type Checkpoint } from './checkpoint.js';
export {
  GrowingTree,
  consistencyProof,
  inclusionProof,
  leafHash,
  verifyConsistency,
  verifyInclusion,
} from './merkle.js';
export { RecordVerifier, verifyChain, type Flaw, type Verdict } from './verify.js';
