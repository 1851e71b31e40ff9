import type { RouteRecordRaw } from 'vue-router';

export default [
  {
    path: 'images',
    name: 'images',
    component: () => import('./pages/ImagesPage.vue'),
    meta: { permission: 'image.read' },
  },
  {
    path: 'images/:reference',
    name: 'image',
    component: () => import('./pages/ImagePage.vue'),
    meta: { permission: 'image.read' },
    props: true,
  },
] satisfies RouteRecordRaw[];
