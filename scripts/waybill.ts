// `npm run waybill -- COMMAND`: what an operator does on the server itself, while Waybill is stopped.
const commands = new URL('../apps/api/dist/commands/main.js', import.meta.url);
await import(commands.href);
