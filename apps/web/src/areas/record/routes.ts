import type { RouteRecordRaw } from 'vue-router';

export default [
  {
    path: 'record/:seq(\\d+)?',
    name: 'record',
    component: () => import('./pages/RecordPage.vue'),
    meta: { permission: 'audit.read' },
  },
] satisfies RouteRecordRaw[];
