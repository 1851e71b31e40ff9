import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router';
import { guardSession } from './shared/session/guard-session.js';

/** Every area default-exports its routes; what is `bare` stands alone, all else inside the shell. */
const areas = import.meta.glob<RouteRecordRaw[]>('./areas/*/routes.ts', { eager: true, import: 'default' });
const routes = Object.values(areas).flat();

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    ...routes.filter((route) => route.meta?.bare),
    {
      path: '/',
      component: () => import('./shell/AppShell.vue'),
      children: [
        ...routes.filter((route) => !route.meta?.bare),
        { path: '/:rest(.*)*', name: 'not-found', component: () => import('./shell/NotFoundPage.vue') },
      ],
    },
  ],
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
});

router.beforeEach(guardSession);
