export interface ConfirmQuestion {
  title: string;
  /** What will happen. */
  text: string;
  /** The word on the button that does it. */
  action: string;
  /** The word on the button that leaves things as they are. */
  stay?: string;
  danger?: boolean;
  /** The docker commands that it equals. */
  commands?: readonly string[];
}
