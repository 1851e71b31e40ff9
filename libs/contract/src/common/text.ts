import { z } from 'zod';

/** Control characters, line and paragraph separators, and what turns the direction of the text around it. */
const unseen = /^[^\p{Cc}\u2028-\u202e\u2066-\u2069]*$/u;

/** A name that people read: one line of 1 to `most` characters, which shows as it is. */
export const oneLine = (most: number) =>
  z.string().trim().min(1).max(most).regex(unseen, 'Use one line of visible characters.');
