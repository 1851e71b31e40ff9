import {
  CheckResult,
  ImportDockerConfigResult,
  Registry,
  type CheckRegistryRequest,
  type CreateCredentialRequest,
  type CreateRegistryRequest,
  type ImportDockerConfigRequest,
  type UpdateCredentialRequest,
  type UpdateRegistryRequest,
} from '@waybill/contract';
import { api } from '../api/api.js';
import { queryClient } from '../api/query-client.js';
import { queryKeys } from '../api/query-keys.js';
import { useReconfirm } from '../dialogs/useReconfirm.js';

/** Every change to registries and their logins. The vault asks for the password again; the list is read anew after each. */
export function useRegistryWrites() {
  const reconfirm = useReconfirm();

  async function write<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await reconfirm(call);
    } finally {
      await queryClient.invalidateQueries({ queryKey: queryKeys.registries });
    }
  }
  const one = (id: string): string => `/registries/${id}`;

  return {
    create: (body: CreateRegistryRequest) => write(() => api.post('/registries', Registry, body)),
    update: (id: string, body: UpdateRegistryRequest) => write(() => api.patch(one(id), null, body)),
    remove: (id: string) => write(() => api.del(one(id), null)),
    check: (id: string, body: CheckRegistryRequest = {}) =>
      write(() => api.post(`${one(id)}/check`, CheckResult, body)),
    addLogin: (id: string, body: CreateCredentialRequest) =>
      write(() => api.post(`${one(id)}/credentials`, null, body)),
    changeLogin: (id: string, login: string, body: UpdateCredentialRequest) =>
      write(() => api.patch(`${one(id)}/credentials/${login}`, null, body)),
    removeLogin: (id: string, login: string) => write(() => api.del(`${one(id)}/credentials/${login}`, null)),
    importConfig: (body: ImportDockerConfigRequest) =>
      write(() => api.post('/registries/import', ImportDockerConfigResult, body)),
  };
}
