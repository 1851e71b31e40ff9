/** What a step of the test run says: counted tests, or a check that holds or does not. */
export interface StepResult {
  readonly passed: number;
  readonly failed: number;
  /** Shown when something failed. */
  readonly log: string;
}

export interface Step {
  readonly title: string;
  run(): Promise<StepResult>;
}
