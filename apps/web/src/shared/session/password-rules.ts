import { Password, passwordWeakness } from '@waybill/contract';

export type PasswordRule = 'long' | 'other' | 'varied';

/** What a new password has to be, each with whether it is; nothing is met by a password that is not there yet. */
export function passwordRules(password: string, username: string): { rule: PasswordRule; met: boolean }[] {
  const weakness = passwordWeakness(password, username.trim());
  return [
    { rule: 'long', met: Password.safeParse(password).success },
    { rule: 'other', met: password !== '' && weakness !== 'user_name' },
    { rule: 'varied', met: password !== '' && weakness !== 'few_characters' },
  ];
}

export function isGoodPassword(password: string, username: string): boolean {
  return passwordRules(password, username).every(({ met }) => met);
}
