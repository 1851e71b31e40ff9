import type { RouteRecordRaw } from 'vue-router';

export default [
  {
    path: 'settings/:section(profile|sessions|tokens)?',
    name: 'settings',
    component: () => import('./pages/SettingsPage.vue'),
  },
  {
    path: 'settings/people',
    name: 'people',
    component: () => import('./pages/SettingsPage.vue'),
    meta: { permission: 'user.manage' },
  },
  {
    path: 'settings/rules',
    name: 'rules',
    component: () => import('./pages/SettingsPage.vue'),
    meta: { permission: 'settings.manage' },
  },
] satisfies RouteRecordRaw[];
