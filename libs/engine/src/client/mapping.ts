import type { EngineInfo, Image, ImageDetail } from '@waybill/contract';
import type { WireContainer, WireHistory, WireImage, WireImageDetail, WireInfo, WireVersion } from './wire.js';

const isoFromSeconds = (seconds: number | undefined): string => new Date((seconds ?? 0) * 1000).toISOString();
const bytes = (value: number | undefined): number => (value !== undefined && value >= 0 ? Math.floor(value) : 0);
const named = (reference: string): boolean => !reference.startsWith('<none>') && !reference.endsWith(':<none>');

/** ISO 8601 in UTC with milliseconds, or null for none and for Go's zero time. */
function isoFromText(text: string | null | undefined): string | null {
  const time = text ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) || text?.startsWith('0001-') ? null : new Date(time).toISOString();
}

/** How many containers stand on each image, by the image's id. */
export function countContainers(containers: readonly WireContainer[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { ImageID } of containers) if (ImageID) counts.set(ImageID, (counts.get(ImageID) ?? 0) + 1);
  return counts;
}

/** Source: Engine API, GET /images/json. `Containers` there is -1 unless asked for disk usage, so it is counted apart. */
export function toImage(raw: WireImage, containers: ReadonlyMap<string, number>): Image {
  const tags = (raw.RepoTags ?? []).filter(named);
  return {
    id: raw.Id,
    tags,
    digests: (raw.RepoDigests ?? []).filter(named),
    createdAt: isoFromSeconds(raw.Created),
    size: bytes(raw.Size),
    sharedSize: raw.SharedSize !== undefined && raw.SharedSize >= 0 ? raw.SharedSize : null,
    containers: containers.get(raw.Id) ?? 0,
    labels: raw.Labels ?? {},
    dangling: tags.length === 0,
  };
}

/** Source: Engine API, GET /images/{name}/json. `raw` holds the environment: who may see it is the caller's to judge. */
export function toImageDetail(raw: WireImageDetail): Omit<ImageDetail, 'history'> {
  return {
    id: raw.Id,
    tags: (raw.RepoTags ?? []).filter(named),
    digests: (raw.RepoDigests ?? []).filter(named),
    createdAt: isoFromText(raw.Created),
    size: bytes(raw.Size),
    os: raw.Os ?? '',
    architecture: raw.Architecture ?? '',
    author: raw.Author ?? '',
    layers: raw.RootFS?.Layers ?? [],
    raw: { ...raw },
  };
}

/** Source: Engine API, GET /images/{name}/history; newest first. */
export function toHistory(raw: readonly WireHistory[]): ImageDetail['history'] {
  return raw.map((one) => ({
    id: one.Id ?? '<missing>',
    createdAt: isoFromSeconds(one.Created),
    createdBy: one.CreatedBy ?? '',
    size: bytes(one.Size),
    comment: one.Comment ?? '',
    tags: one.Tags ?? [],
  }));
}

/**
 * The sizes of an image's layers by the first 12 digits of their diff id, which an older engine's push lines carry. The history tells
 * sizes without ids and does not say which steps made no layer: where the steps with bytes are not as many as the layers, none is told.
 */
export function layerSizesOf(detail: WireImageDetail, history: readonly WireHistory[]): Map<string, number> {
  const layers = detail.Descriptor ? [] : (detail.RootFS?.Layers ?? []);
  const sizes = history.map((one) => bytes(one.Size)).filter((size) => size > 0);
  if (sizes.length !== layers.length) return new Map();
  const oldestFirst = sizes.toReversed();
  return new Map(layers.map((id, index) => [id.replace(/^sha256:/, '').slice(0, 12), oldestFirst[index] ?? 0]));
}

/** True where images live in containerd's store: the driver's status names a snapshotter. */
function hasContainerdStore(info: WireInfo): boolean {
  return (info.DriverStatus ?? []).some(
    ([name, value]) => name === 'driver-type' && value.startsWith('io.containerd.snapshotter'),
  );
}

/** One answer out of GET /info and GET /version. */
export function toEngineInfo(slug: string, info: WireInfo, version: WireVersion, readAt: Date): EngineInfo {
  const registries = info.RegistryConfig ?? {};
  const insecureNames = Object.entries(registries.IndexConfigs ?? {}).filter(([, one]) => one.Secure === false);
  return {
    slug,
    id: info.ID ?? '',
    name: info.Name ?? '',
    version: version.Version ?? info.ServerVersion ?? '',
    apiVersion: version.ApiVersion ?? '',
    minApiVersion: version.MinAPIVersion ?? null,
    operatingSystem: info.OperatingSystem ?? '',
    osType: info.OSType ?? version.Os ?? '',
    architecture: info.Architecture ?? version.Arch ?? '',
    kernelVersion: info.KernelVersion ?? version.KernelVersion ?? '',
    cpus: info.NCPU ?? 0,
    memoryBytes: bytes(info.MemTotal),
    storageDriver: info.Driver ?? '',
    containerdStore: hasContainerdStore(info),
    driverStatus: info.DriverStatus ?? [],
    rootDirectory: info.DockerRootDir ?? '',
    images: info.Images ?? 0,
    containers: {
      total: info.Containers ?? 0,
      running: info.ContainersRunning ?? 0,
      paused: info.ContainersPaused ?? 0,
      stopped: info.ContainersStopped ?? 0,
    },
    registryMirrors: registries.Mirrors ?? [],
    insecureRegistries: [...(registries.InsecureRegistryCIDRs ?? []), ...insecureNames.map(([name]) => name)],
    loggingDriver: info.LoggingDriver || null,
    cgroupDriver: info.CgroupDriver || null,
    cgroupVersion: info.CgroupVersion || null,
    defaultRuntime: info.DefaultRuntime || null,
    securityOptions: info.SecurityOptions ?? [],
    liveRestore: info.LiveRestoreEnabled ?? false,
    warnings: info.Warnings ?? [],
    systemTime: info.SystemTime || null,
    components: (version.Components ?? []).map((one) => ({ name: one.Name ?? '', version: one.Version ?? '' })),
    readAt: readAt.toISOString(),
  };
}
