import {
  acrAddress,
  acrNetworks,
  hubAddress,
  isRegistryAddress,
  type AcrEdition,
  type AcrNetwork,
  type AcrRegion,
  type RegistryKind,
} from '@waybill/contract';

/** What is typed to add a registry or a login to one. */
export interface RegistryForm {
  kind: RegistryKind;
  name: string;
  address: string;
  insecure: boolean;
  username: string;
  secret: string;
  edition: AcrEdition;
  region: AcrRegion;
  network: AcrNetwork;
  instance: string;
}

export function emptyForm(kind: RegistryKind, address = ''): RegistryForm {
  return {
    kind,
    name: '',
    address,
    insecure: false,
    username: '',
    secret: '',
    edition: 'personal',
    region: 'cn-hangzhou',
    network: 'public',
    instance: '',
  };
}

/** The address that the form stands for: the Hub's own, Aliyun's made out of its parts, or the one that was typed. */
export function addressOf(form: RegistryForm): string {
  if (form.kind === 'hub') return hubAddress;
  if (form.kind === 'registry' || form.address) return form.address.trim();
  const network = acrNetworks(form.edition).includes(form.network) ? form.network : 'public';
  return acrAddress({ edition: form.edition, region: form.region, network, instance: form.instance });
}

export type FormTrouble = 'address' | 'scheme' | 'instance' | 'login' | 'secret';

/** What is still missing or wrong. `https://` and paths are pasted so often that they have a word of their own. */
export function troublesOf(form: RegistryForm): FormTrouble[] {
  const troubles: FormTrouble[] = [];
  const address = addressOf(form);
  if (/^[a-z]+:\/\//i.test(address)) troubles.push('scheme');
  else if (form.kind === 'acr' && !form.address && form.edition !== 'personal' && !form.instance.trim())
    troubles.push('instance');
  else if (!isRegistryAddress(address)) troubles.push('address');
  if (form.kind !== 'registry' && !form.username) troubles.push('login');
  if (form.username ? !form.secret : form.kind !== 'registry') troubles.push('secret');
  return troubles;
}

/** What to call a registry where no name is typed. */
export function suggestedName(form: RegistryForm): string {
  if (form.kind === 'hub') return 'Docker Hub';
  return form.kind === 'acr' ? `Aliyun ACR ${form.region}` : addressOf(form);
}
