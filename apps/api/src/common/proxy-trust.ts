/** Fastify's `trustProxy`: forwarded headers count only from these addresses or networks. */
export function proxyTrust(trusted: string[]): string[] | false {
  return trusted.length ? trusted : false;
}
