/** A browser's name and system out of its User-Agent, short; anything else as it came. */
export function shortAgent(userAgent: string): string {
  const browser = /(Edg|OPR|Firefox|Chrome|Version)\/(\d+)/.exec(userAgent);
  if (!browser || !userAgent.startsWith('Mozilla/')) return userAgent;
  const names: Record<string, string> = { Edg: 'Edge', OPR: 'Opera', Version: 'Safari' };
  const system = /\((?:[^;)]*;\s*)*?(Windows|Macintosh|iPhone|iPad|Android|X11|Linux)/.exec(userAgent)?.[1];
  const systems: Record<string, string> = { Macintosh: 'macOS', X11: 'Linux', iPhone: 'iOS', iPad: 'iPadOS' };
  const edge = /(Edg|OPR|Firefox)\/(\d+)/.exec(userAgent) ?? browser;
  return `${names[edge[1] ?? ''] ?? edge[1]} ${edge[2]}${system ? ` · ${systems[system] ?? system}` : ''}`;
}
