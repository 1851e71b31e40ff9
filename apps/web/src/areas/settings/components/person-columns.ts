/** The columns of the list of people; what it is called stands over them. */
export const personColumns =
  'grid grid-cols-[1.75rem_minmax(0,1fr)_2rem] sm:grid-cols-[1.75rem_minmax(0,1fr)_8rem_8rem_2rem] items-center gap-x-3';
