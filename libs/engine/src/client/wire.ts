/** The parts of the Engine's answers that are read here; every one may be missing on some engine. Source: Engine API 1.24 to 1.51. */
export interface WireVersion {
  Version?: string;
  ApiVersion?: string;
  MinAPIVersion?: string;
  Os?: string;
  Arch?: string;
  KernelVersion?: string;
  Components?: { Name?: string; Version?: string }[] | null;
}

export interface WireInfo {
  ID?: string;
  Name?: string;
  Driver?: string;
  DriverStatus?: [string, string][] | null;
  DockerRootDir?: string;
  Images?: number;
  Containers?: number;
  ContainersRunning?: number;
  ContainersPaused?: number;
  ContainersStopped?: number;
  NCPU?: number;
  MemTotal?: number;
  OperatingSystem?: string;
  OSType?: string;
  Architecture?: string;
  KernelVersion?: string;
  LoggingDriver?: string;
  CgroupDriver?: string;
  CgroupVersion?: string;
  DefaultRuntime?: string;
  SecurityOptions?: string[] | null;
  LiveRestoreEnabled?: boolean;
  Warnings?: string[] | null;
  SystemTime?: string;
  ServerVersion?: string;
  RegistryConfig?: {
    Mirrors?: string[] | null;
    InsecureRegistryCIDRs?: string[] | null;
    IndexConfigs?: Record<string, { Secure?: boolean }> | null;
  } | null;
}

export interface WireImage {
  Id: string;
  ParentId?: string;
  Created?: number;
  Size?: number;
  SharedSize?: number;
  Containers?: number;
  Labels?: Record<string, string> | null;
  RepoTags?: string[] | null;
  RepoDigests?: string[] | null;
}

export interface WireContainer {
  Id: string;
  ImageID?: string;
  Names?: string[] | null;
  State?: string;
}

/** One line of what a removal or a prune did: one of both. */
export interface WireRemoval {
  Untagged?: string;
  Deleted?: string;
}

export interface WireImageDetail {
  Id: string;
  RepoTags?: string[] | null;
  RepoDigests?: string[] | null;
  Created?: string | null;
  Size?: number;
  Os?: string;
  Architecture?: string;
  Author?: string;
  RootFS?: { Layers?: string[] | null } | null;
  /** Only there where images live in containerd's store. */
  Descriptor?: { digest?: string } | null;
}

export interface WireHistory {
  Id?: string;
  Created?: number;
  CreatedBy?: string;
  Size?: number;
  Comment?: string;
  Tags?: string[] | null;
}
