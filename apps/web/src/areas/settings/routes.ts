import type { RouteRecordRaw } from 'vue-router';

export default [
  {
    path: 'settings/:section(profile|sessions|tokens|people)?',
    name: 'settings',
    component: () => import('./pages/SettingsPage.vue'),
  },
] satisfies RouteRecordRaw[];
