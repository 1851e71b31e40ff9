import dns, { type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';
import { buildConnector } from 'undici';
import { WaybillError } from '@waybill/contract';

/** Where this server itself listens; an unspecified host (0.0.0.0, ::) stands for all of the machine's addresses. */
export interface Listener {
  host: string;
  port: number;
}

/** Cloud machines hand out their own credentials there: Aliyun, AWS (IPv6), Azure's wire server, Oracle's older one. */
const metadata = ['100.100.100.200', 'fd00:ec2::254', '168.63.129.16', '192.0.0.192'].map((text) =>
  ipaddr.process(text).toNormalizedString(),
);
const refusedRanges = new Set(['unspecified', 'linkLocal', 'multicast', 'broadcast', 'deprecatedSiteLocal']);

/** Whether an IP address is never spoken to. Loopback and private addresses are fine: an admin entered them. */
export function isRefusedIp(text: string): boolean {
  const ip = read(text);
  if (!ip) return true;
  return refusedRanges.has(ip.range()) || metadata.includes(ip.toNormalizedString());
}

/** Reads an address and takes an IPv4 one out of the IPv6 forms that carry it (mapped, NAT64, 6to4). */
function read(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  if (!ipaddr.isValid(text)) return null;
  const ip = ipaddr.process(text);
  if (!(ip instanceof ipaddr.IPv6)) return ip;
  const bytes = ip.toByteArray();
  if (ip.range() === 'rfc6052') return new ipaddr.IPv4(bytes.slice(12));
  if (ip.range() === '6to4') return new ipaddr.IPv4(bytes.slice(2, 6));
  return ip;
}

function isOwnListener(text: string, port: number, listeners: readonly Listener[]): boolean {
  const ip = read(text);
  return listeners.some((listener) => {
    if (listener.port !== port || !ip) return false;
    const own = read(listener.host === 'localhost' ? '127.0.0.1' : listener.host);
    if (!own) return false;
    if (own.range() === 'unspecified')
      return ip.range() === 'loopback' || ownAddresses().includes(ip.toNormalizedString());
    return (
      own.toNormalizedString() === ip.toNormalizedString() || (own.range() === 'loopback' && ip.range() === 'loopback')
    );
  });
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).map((one) => read(one.address)?.toNormalizedString() ?? ''),
  );
}

export interface GuardOptions {
  /** Asked at each connection, for the port may be known only once the server listens. */
  ownListeners?: () => readonly Listener[];
  /** Stands in for the system's name look-up, for tests. */
  lookup?: LookupFunction;
  timeoutMs: number;
}

function addressRefused(host: string): WaybillError {
  return new WaybillError(
    'registry.address_refused',
    `“${host}” is an address that Waybill never speaks to. Enter another one.`,
  );
}

/** Refuses an address that is a literal IP already; names are judged when they are looked up. `address` is `host[:port]`. */
export function refuseLiteralAddress(address: string, insecure: boolean, listeners: readonly Listener[]): void {
  const { hostname, port } = new URL(`${insecure ? 'http' : 'https'}://${address}/`);
  refuseHost(hostname.replace(/^\[|\]$/g, ''), Number(port) || (insecure ? 80 : 443), listeners);
}

function refuseHost(host: string, port: number, listeners: readonly Listener[]): void {
  if (listeners.some((listener) => listener.host === host && listener.port === port)) throw addressRefused(host);
  if (isIP(host) && (isRefusedIp(host) || isOwnListener(host, port, listeners))) throw addressRefused(host);
}

/**
 * undici's connector, which looks at the address that is really connected to: after the name look-up, at every
 * connection (so a name that resolves elsewhere later gains nothing) and on every redirect.
 */
export function guardedConnector(options: GuardOptions): buildConnector.connector {
  const lookupAll: LookupFunction = options.lookup ?? dns.lookup;
  return (target, callback) => {
    const host = target.hostname.replace(/^\[|\]$/g, '');
    const port = Number(target.port) || (target.protocol === 'https:' ? 443 : 80);
    const listeners = options.ownListeners?.() ?? [];
    try {
      refuseHost(host, port, listeners);
    } catch (error) {
      callback(error as WaybillError, null);
      return;
    }
    const lookup: LookupFunction = (name, how, done) => {
      lookupAll(name, { ...how, all: true }, (error, found) => {
        if (error) return done(error, '');
        const addresses: LookupAddress[] = Array.isArray(found) ? found : [{ address: found, family: isIP(found) }];
        const good = addresses.filter(
          ({ address }) => !isRefusedIp(address) && !isOwnListener(address, port, listeners),
        );
        const [first] = good;
        if (!first) return done(addressRefused(name), '');
        return how.all ? done(null, good) : done(null, first.address, first.family);
      });
    };
    buildConnector({ timeout: options.timeoutMs, allowH2: false, lookup })({ ...target }, callback);
  };
}
