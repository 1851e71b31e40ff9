/** For a dialog that holds something typed: a click beside it does not close it, Escape and its buttons do. */
export const stayOpen = { onInteractOutside: (event: Event): void => event.preventDefault() };
