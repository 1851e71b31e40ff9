import type { RouteRecordRaw } from 'vue-router';

export default [
  {
    path: 'registries',
    name: 'registries',
    component: () => import('./pages/RegistriesPage.vue'),
    meta: { permission: 'registry.read' },
  },
] satisfies RouteRecordRaw[];
