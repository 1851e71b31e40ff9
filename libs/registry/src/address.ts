import { WaybillError, hubAddress, isAcrAddress, type RegistryKind } from '@waybill/contract';

const hubNames = new Set([
  hubAddress,
  'index.docker.io',
  'registry-1.docker.io',
  'registry.hub.docker.com',
  'hub.docker.com',
]);
const label = '(?:[a-z0-9]|[a-z0-9][a-z0-9-]*[a-z0-9])';
const hostAndPort = new RegExp(`^((?:${label}(?:\\.${label})*)|\\[[0-9a-f:.]+\\])(?::([0-9]{1,5}))?$`);

/**
 * The canonical form of a registry's address: `docker.io`, or `host[:port]` in lower case. Takes what people paste:
 * `https://…`, `/v1/` or `/v2/` at the end, the Hub's other names.
 * @throws WaybillError `registry.address_invalid` with a sentence that says what is wrong; it never repeats user information
 */
export function normalizeAddress(text: string, options: { insecure: boolean }): string {
  const input = text.trim().toLowerCase();
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//.exec(input)?.[1];
  if (scheme && scheme !== 'http' && scheme !== 'https')
    throw invalid('An address begins with https:// or with the host.');
  if (scheme === 'http' && !options.insecure)
    throw invalid('It begins with http://; mark the registry as plain http, or use https://.');
  if (scheme === 'https' && options.insecure)
    throw invalid('It begins with https://, but the registry is marked as plain http.');
  const rest = input.slice(scheme ? scheme.length + 3 : 0);
  if (rest.includes('@'))
    throw invalid('Leave user name and password out of the address; they have fields of their own.');
  if (/\s/.test(rest)) throw invalid('It holds a space.');
  const bare = rest.replace(/\/(?:v[12]\/?)?$/, '');
  if (/[/?#\\]/.test(bare))
    throw invalid('Enter the host alone, such as registry.example.com:5000; a namespace belongs to the image name.');

  const match = hostAndPort.exec(bare);
  if (!match?.[1]) throw invalid('Use a host name with an optional port, such as registry.example.com:5000.');
  const [, host, port] = match;
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535))
    throw invalid('A port is a number from 1 to 65535.');
  if (hubNames.has(host) && (port === undefined || port === '443')) {
    if (options.insecure) throw invalid('Docker Hub is never spoken to in plain http.');
    return hubAddress;
  }
  if (port === undefined && host !== 'localhost' && !/[.:]/.test(host)) {
    throw invalid('A host without a dot needs a port, or docker takes it for a name on Docker Hub.');
  }
  // 0x7f.1 and 2130706433 are spellings of 127.0.0.1 that image names would not match.
  if (hostOfUrl(`http://${bare}/`) !== host) throw invalid('Write the host in its usual form.');
  return bare;
}

function hostOfUrl(url: string): string | null {
  return URL.canParse(url) ? new URL(url).hostname : null;
}

function invalid(why: string): WaybillError {
  return new WaybillError('registry.address_invalid', `This is not a registry address. ${why}`);
}

export function kindOf(address: string): RegistryKind {
  if (address === hubAddress) return 'hub';
  return isAcrAddress(hostnameOf(address)) ? 'acr' : 'registry';
}

/** What the Engine wants as `serveraddress`. Source: Engine API, X-Registry-Auth; docker/cli registry, IndexServer. */
export function engineServerAddress(address: string): string {
  return address === hubAddress ? 'https://index.docker.io/v1/' : address;
}

/** Where the registry's own API is spoken to, without a slash at the end. */
export function apiBase(address: string, insecure: boolean): string {
  if (address === hubAddress) return 'https://registry-1.docker.io';
  return `${insecure ? 'http' : 'https'}://${address}`;
}

/** The host without its port; IPv6 keeps its brackets, as in a URL. */
export function hostnameOf(address: string): string {
  return address.replace(/:[0-9]+$/, '');
}

/** 127.0.0.0/8, ::1 and localhost: engines speak plain http to them by default. */
export function isLoopbackAddress(address: string): boolean {
  return /^(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])$/.test(hostnameOf(address));
}
