import { QueryClient } from '@tanstack/vue-query';
import { ApiProblem } from './api-problem.js';

/** Only what may pass by itself is asked again: a broken line, and an overloaded server. */
function mayPass(error: Error): boolean {
  return !(error instanceof ApiProblem) || error.status === 0 || error.status >= 502;
}

/** One cache for all that the server knows. The live line tells what became stale, so nothing polls. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      gcTime: 10 * 60_000,
      retry: (tries, error) => tries < 2 && mayPass(error),
      retryDelay: (tries) => 500 * 2 ** tries,
    },
    mutations: { retry: false },
  },
});
