import { v7 } from 'uuid';

/** A fresh UUIDv7: ids of ours sort by the time they were made. */
export const newId = (): string => v7();
