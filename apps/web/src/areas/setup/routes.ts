import type { RouteRecordRaw } from 'vue-router';

export default [
  {
    path: '/welcome',
    name: 'welcome',
    component: () => import('./pages/SetupPage.vue'),
    meta: { bare: true, open: true },
  },
] satisfies RouteRecordRaw[];
