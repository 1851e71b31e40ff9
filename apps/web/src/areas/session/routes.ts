import type { RouteRecordRaw } from 'vue-router';

export default [
  {
    path: '/login',
    name: 'login',
    component: () => import('./pages/LoginPage.vue'),
    meta: { bare: true, open: true },
  },
  {
    path: '/link',
    name: 'link',
    component: () => import('./pages/LinkPage.vue'),
    meta: { bare: true, open: true },
  },
] satisfies RouteRecordRaw[];
