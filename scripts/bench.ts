// `npm run bench -- NAME`: what there is to measure, and how, is in docs/benchmarks.md.
await import('../bench/main.ts');
