/** Milliseconds of the machine's monotonic clock: the same in all processes, so that their times can be compared. */
export const clock = (): number => Number(process.hrtime.bigint()) / 1e6;
