import type { RouteRecordRaw } from 'vue-router';

export default [
  {
    path: 'operations',
    name: 'operations',
    component: () => import('./pages/OperationsPage.vue'),
    meta: { permission: 'operation.read' },
  },
  {
    path: 'operations/:id',
    name: 'operation',
    component: () => import('./pages/OperationPage.vue'),
    meta: { permission: 'operation.read' },
    props: true,
  },
] satisfies RouteRecordRaw[];
