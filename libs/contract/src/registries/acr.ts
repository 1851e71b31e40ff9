/** Aliyun Container Registry: the forms of its addresses. Source: help.aliyun.com, ACR "registry endpoints". */
export const acrRegions = [
  'cn-hangzhou',
  'cn-shanghai',
  'cn-nanjing',
  'cn-fuzhou',
  'cn-qingdao',
  'cn-beijing',
  'cn-zhangjiakou',
  'cn-huhehaote',
  'cn-wulanchabu',
  'cn-shenzhen',
  'cn-heyuan',
  'cn-guangzhou',
  'cn-chengdu',
  'cn-hongkong',
  'ap-southeast-1',
  'ap-southeast-3',
  'ap-southeast-5',
  'ap-southeast-6',
  'ap-southeast-7',
  'ap-northeast-1',
  'ap-northeast-2',
  'us-west-1',
  'us-east-1',
  'eu-central-1',
  'eu-west-1',
  'me-east-1',
  'me-central-1',
] as const;
export type AcrRegion = (typeof acrRegions)[number];

/** `personal` is the shared one of old; `personal-instance` has a `crpi-…` name; `enterprise` the name one gave it. */
export type AcrEdition = 'personal' | 'personal-instance' | 'enterprise';
export type AcrNetwork = 'public' | 'vpc' | 'internal';

/** The classic network (`internal`) exists for the shared personal edition alone. */
export function acrNetworks(edition: AcrEdition): readonly AcrNetwork[] {
  return edition === 'personal' ? ['public', 'vpc', 'internal'] : ['public', 'vpc'];
}

export function acrAddress(form: {
  edition: AcrEdition;
  region: AcrRegion;
  network: AcrNetwork;
  instance?: string;
}): string {
  const { edition, region, network } = form;
  const instance = (form.instance ?? '').trim().toLowerCase();
  const vpc = network === 'vpc' ? '-vpc' : '';
  switch (edition) {
    case 'personal':
      return `registry${network === 'public' ? '' : `-${network}`}.${region}.aliyuncs.com`;
    case 'personal-instance':
      return `${instance}${vpc}.${region}.personal.cr.aliyuncs.com`;
    case 'enterprise':
      return `${instance}-registry${vpc}.${region}.cr.aliyuncs.com`;
  }
}

/** Whether an address is one of Aliyun's. */
export function isAcrAddress(address: string): boolean {
  return /(^|\.)(?:registry(?:-vpc|-internal)?\.[a-z0-9-]+|[a-z0-9-]+\.[a-z0-9-]+(?:\.personal)?\.cr)\.aliyuncs\.com$/.test(
    address.toLowerCase(),
  );
}

/** Where the registry password is set: the login of the console is not it. */
export function acrPasswordPage(region: AcrRegion): string {
  return `https://cr.console.aliyun.com/${region}/instances/credentials`;
}
